// Every test starts processes that share few cores: one after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
