using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Transport;

namespace Replication.Testing.Simulation.Pages;

/// <summary>A message on its way from one node to another.</summary>
internal sealed class MessageFlight
{
    public MessageFlight(long sentAt, int from, int to, PeerMessage message)
    {
        SentAt = sentAt;
        From = from;
        To = to;
        Message = message;
    }

    public long SentAt { get; }

    public int From { get; }

    public int To { get; }

    public PeerMessage Message { get; }

    /// <summary>Gets when it arrived: more than once if it was doubled, never if it was lost.</summary>
    public List<long> Arrivals { get; } = [];

    /// <summary>Gets or sets what became of it if it was lost; null if nobody said so.</summary>
    public string? Lost { get; set; }

    /// <summary>Gets a value indicating whether it is one of the many that keep things as they are.</summary>
    public bool IsQuiet => Message is RaftPeerMessage
    {
        Entries.Count: 0,
        Message: Heartbeat or HeartbeatReply or AppendEntries or AppendEntriesReply { Success: true },
    };

    /// <summary>Gets the few words that stand beside its arrow.</summary>
    public string Label => Message switch
    {
        RaftPeerMessage { Message: RequestVote vote } =>
            $"{(vote.IsPreVote ? "PreVote" : "RequestVote")} t{vote.Term}",
        RaftPeerMessage { Message: RequestVoteReply reply } =>
            $"{(reply.Granted ? "granted" : "refused")} t{reply.Term}",
        RaftPeerMessage { Message: AppendEntries append } => append.Entries.Length == 0
            ? $"AppendEntries t{append.Term}" : $"AppendEntries t{append.Term} +{append.Entries.Length}",
        RaftPeerMessage { Message: AppendEntriesReply reply } =>
            $"{(reply.Success ? "matches" : "rejects")} {reply.MatchIndex} t{reply.Term}",
        RaftPeerMessage raft => $"{raft.Message.GetType().Name} t{raft.Message.Term}",
        _ => Message.GetType().Name,
    };

    /// <summary>Gets everything that is known of it.</summary>
    public string Description => Message is RaftPeerMessage { Message: var raft } ? raft.ToString() : Label;
}

/// <summary>What a node was from a moment on.</summary>
/// <param name="At">The moment.</param>
/// <param name="Node">The number of the node.</param>
/// <param name="Role">Its role; null while no process runs.</param>
/// <param name="Term">Its term.</param>
internal readonly record struct NodeMoment(long At, int Node, RaftRole? Role, Term Term);
