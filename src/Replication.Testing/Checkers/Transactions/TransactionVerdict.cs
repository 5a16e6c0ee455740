namespace Replication.Testing.Checkers.Transactions;

/// <summary>What a checker of transactions found.</summary>
public sealed record TransactionVerdict
{
    internal TransactionVerdict(
        Verdict verdict, IReadOnlyList<string> anomalies, IReadOnlyList<string> excludedModels)
    {
        Verdict = verdict;
        Anomalies = anomalies;
        ExcludedModels = excludedModels;
    }

    /// <summary>Gets whether the history keeps the model that was asked for, and the proof if it doesn't.</summary>
    public Verdict Verdict { get; }

    /// <summary>Gets the names of the anomalies found which the model forbids, in ordinal order.</summary>
    /// <value>Adya's names, such as G0 or G-single-item, with -process or -realtime where the order of a client or of
    /// real time is part of the contradiction; "PL-2-cycle-exists" and its like where a cycle is proven and none was
    /// named that says as much; "cycle-search-timeout" where the search for cycles to show was given up.</value>
    public IReadOnlyList<string> Anomalies { get; }

    /// <summary>Gets the weakest consistency models that the anomalies exclude, in ordinal order.</summary>
    /// <value>Every model that implies one of these is excluded too. Empty where no anomaly is forbidden.</value>
    public IReadOnlyList<string> ExcludedModels { get; }
}
