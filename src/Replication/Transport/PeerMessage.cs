using Replication.Primitives;
using Replication.Raft.Messages;
using Replication.Raft.Primitives;

namespace Replication.Transport;

/// <summary>A message between two nodes, for one group.</summary>
public abstract class PeerMessage
{
    private protected PeerMessage(GroupId group)
    {
        Group = group;
    }

    /// <summary>Gets the group.</summary>
    public GroupId Group { get; }

    /// <summary>Gets whether the message carries payloads and so must not delay others: entries and forwarded
    /// proposals.</summary>
    public abstract bool IsBulk { get; }

    /// <summary>Gets about how many bytes it takes on the wire.</summary>
    public abstract int SizeBytes { get; }
}

/// <summary>A message of the Raft core, with the payloads of its entries if it is an AppendEntries.</summary>
public sealed class RaftPeerMessage : PeerMessage
{
    /// <summary>Creates a message.</summary>
    /// <param name="group">The group.</param>
    /// <param name="message">The core's message.</param>
    /// <param name="entries">The entries of an AppendEntries, as many as its headers; otherwise empty.</param>
    public RaftPeerMessage(GroupId group, RaftMessage message, IReadOnlyList<LogEntry> entries)
        : base(group)
    {
        Message = message;
        Entries = entries;
        int size = 64;
        for (int i = 0; i < entries.Count; i++)
        {
            size += entries[i].Payload.Length + 24;
        }

        SizeBytes = size;
    }

    /// <summary>Gets the core's message.</summary>
    public RaftMessage Message { get; }

    /// <summary>Gets the entries.</summary>
    public IReadOnlyList<LogEntry> Entries { get; }

    /// <inheritdoc/>
    public override bool IsBulk => Entries.Count > 0;

    /// <inheritdoc/>
    public override int SizeBytes { get; }
}

/// <summary>A proposal made at a follower, on its way to the leader.</summary>
public sealed class ForwardedProposal : PeerMessage
{
    /// <summary>Creates a message.</summary>
    /// <param name="group">The group.</param>
    /// <param name="requestId">The sender's number for it.</param>
    /// <param name="term">The term of the leader that it is meant for.</param>
    /// <param name="command">The entry's payload.</param>
    public ForwardedProposal(GroupId group, long requestId, Term term, ReadOnlyMemory<byte> command)
        : base(group)
    {
        RequestId = requestId;
        Term = term;
        Command = command;
    }

    /// <summary>Gets the sender's number for it, unique for the life of the sender's process.</summary>
    public long RequestId { get; }

    /// <summary>Gets the term of the leader that it is meant for: a leader of another term refuses it.</summary>
    /// <remarks>
    /// So a copy that the network delivers late can't be executed by a later leader after its sender was told that it
    /// was refused.
    /// </remarks>
    public Term Term { get; }

    /// <summary>Gets the entry's payload.</summary>
    public ReadOnlyMemory<byte> Command { get; }

    /// <inheritdoc/>
    public override bool IsBulk => true;

    /// <inheritdoc/>
    public override int SizeBytes => Command.Length + 32;
}

/// <summary>The answer to a forwarded proposal.</summary>
public sealed class ForwardedProposalReply : PeerMessage
{
    /// <summary>Creates a message.</summary>
    /// <param name="group">The group.</param>
    /// <param name="requestId">The number of the proposal.</param>
    /// <param name="result">How it fared.</param>
    public ForwardedProposalReply(GroupId group, long requestId, in ProposalCompletion result)
        : base(group)
    {
        RequestId = requestId;
        Result = result;
    }

    /// <summary>Gets the number of the proposal.</summary>
    public long RequestId { get; }

    /// <summary>Gets how it fared.</summary>
    public ProposalCompletion Result { get; }

    /// <inheritdoc/>
    public override bool IsBulk => false;

    /// <inheritdoc/>
    public override int SizeBytes => Result.Result.Length + 64;
}
