using Replication.Raft.Messages;
using Replication.Raft.Primitives;

namespace Replication.Raft.Inputs;

/// <summary>Something that happened, for the core to react to.</summary>
public abstract class RaftInput
{
    private protected RaftInput()
    {
    }
}

/// <summary>Time went on: the deadline that the last output named has passed, or may have.</summary>
public sealed class TimePassed : RaftInput
{
    /// <summary>Gets the only instance.</summary>
    public static TimePassed Instance { get; } = new();
}

/// <summary>A message arrived. Only messages to this node may be given.</summary>
/// <param name="message">The message; entries carry their headers.</param>
public sealed class MessageReceived(RaftMessage message) : RaftInput
{
    /// <summary>Gets the message.</summary>
    public RaftMessage Message { get; } = message;
}

/// <summary>
/// The host wants entries appended. Accepted by a leader only; the output says at which index, or that it was
/// refused.
/// </summary>
/// <remarks>The driver may keep one instance and refill it.</remarks>
public sealed class Propose : RaftInput
{
    /// <summary>Gets or sets the headers of the proposed entries, in order; their terms are ignored.</summary>
    public ReadOnlyMemory<EntryHeader> Entries { get; set; }
}

/// <summary>Everything to persist up to an output's PersistSequence is durable on this node's disk.</summary>
/// <param name="sequence">The sequence, never lower than one given before.</param>
public sealed class Persisted(long sequence) : RaftInput
{
    /// <summary>Gets the sequence.</summary>
    public long Sequence { get; } = sequence;
}

/// <summary>The driver sent fewer entries than an AppendEntries with MayShorten named.</summary>
/// <remarks>
/// Given right after the step that named them, before any other input. It may be given as well when nothing was cut:
/// the core then sends on without waiting for an answer.
/// </remarks>
/// <param name="to">The receiver.</param>
/// <param name="lastIndex">The last index that was really sent.</param>
public sealed class EntriesSent(NodeId to, LogIndex lastIndex) : RaftInput
{
    /// <summary>Gets the receiver.</summary>
    public NodeId To { get; } = to;

    /// <summary>Gets the last index that was really sent.</summary>
    public LogIndex LastIndex { get; } = lastIndex;
}

/// <summary>The connection to a peer broke: what is in flight to it may be lost.</summary>
/// <param name="peer">The peer.</param>
public sealed class PeerDisconnected(NodeId peer) : RaftInput
{
    /// <summary>Gets the peer.</summary>
    public NodeId Peer { get; } = peer;
}

/// <summary>A linearizable read wants its read index; one may stand for many reads of the driver.</summary>
/// <param name="readId">The driver's number for it, rising.</param>
public sealed class ReadRequested(long readId) : RaftInput
{
    /// <summary>Gets the number.</summary>
    public long ReadId { get; } = readId;
}

/// <summary>The host wants another node to lead (thesis §3.10). Ignored by a node that doesn't lead.</summary>
/// <param name="target">The node; none picks the most up-to-date voter.</param>
public sealed class TransferLeadership(NodeId target) : RaftInput
{
    /// <summary>Gets the node.</summary>
    public NodeId Target { get; } = target;
}

/// <summary>The driver removed a prefix of the log.</summary>
/// <param name="upTo">The last index removed; at most the applied index and the compaction floor.</param>
public sealed class Compacted(LogIndex upTo) : RaftInput
{
    /// <summary>Gets the last index removed.</summary>
    public LogIndex UpTo { get; } = upTo;
}
