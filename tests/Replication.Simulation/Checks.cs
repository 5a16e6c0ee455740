using Replication.Testing.Checkers;
using Replication.Testing.Checkers.Sessions;
using Replication.Testing.Checkers.Transactions;

namespace Replication.Simulation;

/// <summary>All checks of the tool, by name of their model.</summary>
internal static class Checks
{
    public static HistoryChecks All()
    {
        HistoryChecks checks = new();
        TransactionCheck.AddTo(checks);
        SessionCheck.AddTo(checks);
        return checks;
    }
}
