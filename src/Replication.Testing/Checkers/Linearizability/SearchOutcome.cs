namespace Replication.Testing.Checkers.Linearizability;

internal enum SearchOutcome
{
    Linearizable,
    NotLinearizable,
    OutOfBudget,
}
