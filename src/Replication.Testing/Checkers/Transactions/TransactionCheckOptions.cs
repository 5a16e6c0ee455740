using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Transactions;

/// <summary>How to check transactions.</summary>
public sealed class TransactionCheckOptions
{
    /// <summary>Gets or sets the name of the consistency model that the history is meant to keep.</summary>
    /// <value>The default value is "strict-serializable". Others are in <see cref="TransactionCheck.Models"/>.</value>
    public string Consistency { get; set; } = "strict-serializable";

    /// <summary>Gets or sets how many steps the search for a cycle to show may take in one set of transactions that
    /// depend on each other.</summary>
    /// <value>The default value is 4,000,000, some seconds. At least 1. Whether there is a cycle is decided without
    /// this search wherever the model says so by kinds of dependencies.</value>
    public long SearchSteps { get; set; } = 4_000_000;

    /// <summary>Gets or sets what a register holds before it is first written.</summary>
    /// <value>The default value is <see cref="HistoryValue.Null"/>, which always counts as that, too.</value>
    public HistoryValue InitialValue { get; set; }

    /// <summary>Gets or sets a value that indicates whether a register that a transaction read and then wrote went from
    /// the one value to the other directly or by way of others.</summary>
    /// <value>The default value is false. An assumption about the system: it gives more orders of versions.</value>
    public bool WritesFollowReads { get; set; }

    /// <summary>Gets or sets a value that indicates whether each client sees the versions of each register in their
    /// order.</summary>
    /// <value>The default value is false. An assumption about the system.</value>
    public bool SequentialKeys { get; set; }

    /// <summary>Gets or sets a value that indicates whether each register by itself is linearizable.</summary>
    /// <value>The default value is false. An assumption about the system.</value>
    public bool LinearizableKeys { get; set; }
}
