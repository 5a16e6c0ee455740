using Replication.Testing.Histories;

namespace Replication.Testing.Checkers;

/// <summary>How to check a history.</summary>
public sealed class HistoryCheckOptions
{
    /// <summary>Gets or sets the value that each object holds before the first operation.</summary>
    /// <value>The default value is null: the model's own initial value, which is nothing for a register, the empty
    /// list for an append-only list, the empty set for a set, zero for a counter.</value>
    /// <remarks>For registers: where this is a value and nobody writes null, a read that ended well with null says
    /// nothing, since the object can't hold it. Histories of Jepsen and Knossos hold such reads. To have them judged as
    /// values, use the checker of the model itself.</remarks>
    public HistoryValue? Initial { get; set; }

    /// <summary>Gets or sets the name of the consistency model.</summary>
    /// <value>The default value is null: the strongest that the model is checked for.</value>
    public string? Consistency { get; set; }
}
