using Replication.Testing.Histories;

namespace Replication.Testing.Checkers;

/// <summary>How to check a history.</summary>
public sealed class HistoryCheckOptions
{
    /// <summary>Gets or sets the value that each object holds before the first operation.</summary>
    /// <value>The default value is null: the model's own initial value, which is nothing for a register, the empty
    /// list for an append-only list, the empty set for a set, zero for a counter.</value>
    public HistoryValue? Initial { get; set; }

    /// <summary>Gets or sets the name of the consistency model.</summary>
    /// <value>The default value is null: the strongest that the model is checked for.</value>
    public string? Consistency { get; set; }
}
