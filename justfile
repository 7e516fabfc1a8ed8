# Short names for those who have `just`; each is one command that works without it.

# Everything that CI runs
check *parts:
    ./check {{parts}}

# A server in memory on port 8000
dev *arguments:
    cargo run --release -p pixii -- dev {{arguments}}
