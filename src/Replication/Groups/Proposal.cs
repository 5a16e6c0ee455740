using Replication.Primitives;
using Replication.Raft.Primitives;

namespace Replication.Groups;

/// <summary>A payload that somebody wants in the log, and the way to tell how it ended.</summary>
internal abstract class Proposal : ExecutorItem
{
    /// <summary>Gets or sets the group.</summary>
    public ReplicaGroup Group { get; set; } = null!;

    /// <summary>Gets or sets the entry's payload.</summary>
    public ReadOnlyMemory<byte> Payload { get; set; }

    /// <summary>Gets when the executor received it.</summary>
    public Instant ArrivedAt { get; private set; }

    /// <summary>Gets the term that this node must lead in to accept it; zero if any will do and it may be
    /// forwarded.</summary>
    public virtual Term RequiredTerm => Term.Zero;

    public override void Deliver(GroupExecutor executor)
    {
        ArrivedAt = executor.Turn.Now;
        Group.Enqueue(this);
    }

    /// <summary>Claims the proposal, from where it can no longer be withdrawn without a trace.</summary>
    /// <returns>False if its owner has withdrawn it: it is then finished with.</returns>
    public abstract bool TryTake();

    /// <summary>Says how it ended. The last call on it by the group, unless <see cref="Expire"/> came before.</summary>
    /// <param name="completion">How.</param>
    public abstract void Complete(in ProposalCompletion completion);

    /// <summary>Tells the owner early that the outcome is unknown; <see cref="Complete"/> still follows and is then
    /// unheard.</summary>
    /// <param name="id">Where it may stand.</param>
    public abstract void Expire(LogId id);
}
