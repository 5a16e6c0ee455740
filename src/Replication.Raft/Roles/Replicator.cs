using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Raft.Progress;

namespace Replication.Raft.Roles;

/// <summary>What a leader sends to each follower, and when it tries again (thesis §3.5, §10.2.2 pipelining).</summary>
internal sealed class Replicator(RaftState state)
{
    /// <summary>Sends what may go to all followers.</summary>
    public void SendToAll()
    {
        foreach (PeerProgress peer in state.Peers.All)
        {
            Send(peer);
        }
    }

    /// <summary>Sends what may go to a follower.</summary>
    /// <param name="peer">The follower.</param>
    public void Send(PeerProgress peer)
    {
        if (peer.Mode == ProgressMode.Probe)
        {
            SendProbe(peer);
            return;
        }

        peer.IsEndUnknown = false;
        while (peer.NextIndex <= state.Log.LastIndex && !peer.Inflight.IsFull && !peer.IsEndUnknown)
        {
            SendWindow(peer);
        }
    }

    /// <summary>Tries again what got lost: the follower lives, but nothing has moved for two heartbeats.</summary>
    /// <param name="peer">The follower.</param>
    public void Retry(PeerProgress peer)
    {
        bool isStuck = state.Now >= peer.MovedAt + (2 * state.Config.HeartbeatInterval);
        if (peer.Mode == ProgressMode.Probe && peer.IsProbeUnanswered && isStuck)
        {
            peer.ProbeAgain();
        }
        else if (peer.Mode == ProgressMode.Replicate && !peer.Inflight.IsEmpty && isStuck)
        {
            // An empty message behind the window: if something before it got lost, the follower refuses it.
            peer.MovedAt = state.Now;
            Append(peer, peer.NextIndex + -1, mayShorten: false);
        }

        Send(peer);
    }

    /// <summary>Moves back to where the logs may match.</summary>
    /// <param name="reply">A refusal.</param>
    /// <param name="peer">Whose.</param>
    public void BackOff(AppendEntriesReply reply, PeerProgress peer)
    {
        // Entries of the follower above the hint are of terms that can't match; those of the leader with a later term
        // than the hint's can't either (thesis §3.5).
        LogId guess = state.Log.LastAtMost(reply.Hint.Index, reply.Hint.Term);
        if (peer.TryBackOff(reply.RejectedIndex, guess.Index.Next()))
        {
            peer.MovedAt = state.Now;
            if (reply.RejectedIndex <= state.Log.Base.Index)
            {
                // It lacks what is compacted here: asking at once again would be a loop without end.
                peer.Disconnected();
            }
        }
    }

    private void SendProbe(PeerProgress peer)
    {
        if (peer.IsProbeUnanswered)
        {
            return;
        }

        if (peer.NextIndex <= state.Log.Base.Index)
        {
            // What this follower lacks is compacted here: it can only match at the base or above.
            peer.Probe(state.Log.Base.Index.Next());
        }

        LogIndex last = peer.NextIndex + -1;
        bool mayShorten = false;
        if (!peer.IsProbeEmpty && peer.NextIndex <= state.Log.LastIndex)
        {
            (last, _, mayShorten) = Cut(peer.NextIndex, state.Config.AppendEntriesMax, state.Config.AppendBytesMax);
        }

        Append(peer, last, mayShorten);
        peer.ProbeSent(state.Now);
    }

    private void SendWindow(PeerProgress peer)
    {
        long entriesMax = Math.Min(state.Config.AppendEntriesMax, peer.Inflight.EntriesLeft);
        long bytesMax = Math.Min(state.Config.AppendBytesMax, peer.Inflight.BytesLeft);
        (LogIndex last, long bytes, bool mayShorten) = Cut(peer.NextIndex, entriesMax, bytesMax);
        Append(peer, last, mayShorten);
        peer.EntriesSent(last, bytes, state.Now);
        peer.IsEndUnknown = mayShorten;
    }

    // How far a message that begins at an index may go; one entry always fits.
    private (LogIndex Last, long Bytes, bool MayShorten) Cut(LogIndex first, long entriesMax, long bytesMax)
    {
        LogIndex bound = LogIndex.Min(state.Log.LastIndex, first + (entriesMax - 1));
        if (first < state.Log.FirstKnownSize)
        {
            return (LogIndex.Min(bound, state.Log.FirstKnownSize + -1), bytesMax, MayShorten: true);
        }

        long bytes = state.Log.SizeAt(first);
        LogIndex last = first;
        while (last < bound)
        {
            int size = state.Log.SizeAt(last.Next());
            if (bytes + size > bytesMax)
            {
                break;
            }

            bytes += size;
            last = last.Next();
        }

        return (last, bytes, MayShorten: false);
    }

    private void Append(PeerProgress peer, LogIndex last, bool mayShorten)
    {
        peer.CommitTold = LogIndex.Max(peer.CommitTold, LogIndex.Min(state.CommitIndex, last));
        state.Outbox.Send(new AppendEntries
        {
            From = state.Self,
            To = peer.Id,
            Term = state.CurrentTerm,
            PrevLogId = state.Log.IdAt(peer.NextIndex + -1),
            LastIndex = last,
            CommitIndex = state.CommitIndex,
            CompactionFloor = state.CompactionFloor,
            MayShorten = mayShorten,
        });
    }
}
