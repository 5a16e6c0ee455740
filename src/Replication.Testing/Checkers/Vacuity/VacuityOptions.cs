using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Vacuity;

/// <summary>What a history must show before a verdict that nothing is wrong with it means anything.</summary>
public sealed class VacuityOptions
{
    /// <summary>Gets or sets how many operations of each function must have ended well.</summary>
    /// <value>The default value is 1.</value>
    public int OkMin { get; set; } = 1;

    /// <summary>Gets or sets the least share of operations that must have ended well.</summary>
    /// <value>The default value is 0.5; from 0 to 1. A fault that stops everything for most of a run hides the rest.
    /// A cas that failed counts as well ended: to be refused is its ordinary fate.</value>
    public double OkShareMin { get; set; } = 0.5;

    /// <summary>Gets or sets the least share of reads during which another operation on the same key that is no read
    /// was under way.</summary>
    /// <value>The default value is 0.05; from 0 to 1. Without any overlap every order is fixed and little is
    /// tested.</value>
    public double OverlappedReadsMin { get; set; } = 0.05;

    /// <summary>Gets or sets the faults that were asked for, each with a count of the effects that were
    /// observed, such as packets dropped or elections held.</summary>
    /// <value>The default value is empty: nothing is asked of faults.</value>
    public IReadOnlyDictionary<string, long> FaultEffects { get; set; } = new SortedDictionary<string, long>();

    /// <summary>Gets or sets which operations are reads.</summary>
    /// <value>The default value is null: those named "read".</value>
    public Func<Operation, bool>? IsRead { get; set; }
}
