using Replication.Raft.Messages;
using Replication.Raft.Primitives;

namespace Replication.Raft.Tests.Scenarios;

/// <summary>The words of a trace.</summary>
internal static class Describe
{
    public static string Message(RaftMessage message)
    {
        string head = $"{message.From}>{message.To} {message.GetType().Name} term={message.Term}";
        return head + message switch
        {
            RequestVote request => $" last={request.LastLogId}{Flag(request.IsPreVote, "pre-vote")}"
                + Flag(request.IsLeadershipTransfer, "transfer"),
            RequestVoteReply reply => (reply.Granted ? " granted" : " refused") + Flag(reply.IsPreVote, "pre-vote"),
            AppendEntries append => Append(append),
            AppendEntriesReply { Success: true } reply => $" match={reply.MatchIndex}",
            AppendEntriesReply reply => $" refused={reply.RejectedIndex} hint={reply.Hint}",
            Heartbeat heartbeat => $" commit={heartbeat.CommitIndex} round={heartbeat.Round}"
                + $" floor={heartbeat.CompactionFloor}",
            HeartbeatReply reply => $" round={reply.Round}",
            ReadIndexReply { Confirmed: true } reply => $" confirmed index={reply.Index}",
            ReadIndexReply => " failed",
            _ => string.Empty,
        };
    }

    public static string Output(RaftOutput output)
    {
        List<string> parts = [];
        if (output.HardState is { } state)
        {
            parts.Add($"term={state.CurrentTerm} vote={Node(state.VotedFor)}");
        }

        if (output.TruncateFrom > LogIndex.Zero)
        {
            parts.Add($"truncate from {output.TruncateFrom}");
        }

        if (output.AppendLast > LogIndex.Zero)
        {
            parts.Add(output.AppendFirst == output.AppendLast
                ? $"append {output.AppendFirst}"
                : $"append {output.AppendFirst} to {output.AppendLast}");
        }

        return $"persist #{output.PersistSequence}: {string.Join(", ", parts)}";
    }

    public static IEnumerable<string> Change(NodeId node, RaftStatus before, RaftStatus after)
    {
        if (before.Role != after.Role || before.CurrentTerm != after.CurrentTerm)
        {
            yield return $"{node}: {after.Role} in term {after.CurrentTerm}";
        }

        if (before.Leader != after.Leader && after.Role == RaftRole.Follower)
        {
            yield return $"{node}: leader {Node(after.Leader)}";
        }

        if (before.CommitIndex != after.CommitIndex)
        {
            yield return $"{node}: commit {after.CommitIndex}";
        }

        if (before.TransferTarget != after.TransferTarget)
        {
            yield return $"{node}: transfer to {Node(after.TransferTarget)}";
        }
    }

    public static IEnumerable<string> Status(NodeId node, RaftCore core)
    {
        RaftStatus status = core.Status;
        yield return $"{node}: {status.Role} term={status.CurrentTerm} vote={Node(status.VotedFor)}"
            + $" leader={Node(status.Leader)} commit={status.CommitIndex} durable={status.DurableIndex}"
            + $" last={status.LastLogId} base={status.CompactedIndex} floor={status.CompactionFloor}";
        foreach (PeerStatus peer in core.Peers)
        {
            yield return $"   peer {peer.Peer}: {peer.Mode} match={peer.MatchIndex} next={peer.NextIndex}"
                + (peer.IsActive ? " active" : " silent");
        }
    }

    public static string Node(NodeId node) => node.IsNone ? "-" : node.ToString();

    private static string Flag(bool isSet, string word) => isSet ? " " + word : string.Empty;

    private static string Append(AppendEntries append)
    {
        string range = append.LastIndex == append.PrevLogId.Index
            ? "empty"
            : $"entries={append.FirstIndex}-{append.LastIndex}";
        return $" prev={append.PrevLogId} {range} commit={append.CommitIndex}{Flag(append.MayShorten, "may-shorten")}";
    }
}
