using Replication.Raft.Primitives;

namespace Replication.Raft.Progress;

/// <summary>What a leader knows of one peer (thesis §3.5; the modes as in etcd).</summary>
/// <remarks>
/// Probe: one message per round trip until the logs are known to match at some index. Replicate: NextIndex runs ahead
/// of the answers within the window. MatchIndex never falls while the leader leads.
/// </remarks>
internal sealed class PeerProgress(RaftVoter voter, RaftConfig config)
{
    /// <summary>Gets the peer.</summary>
    public NodeId Id { get; } = voter.Id;

    /// <summary>Gets its priority.</summary>
    public int Priority { get; } = voter.Priority;

    /// <summary>Gets what is in flight to it.</summary>
    public InflightWindow Inflight { get; } = new(config);

    /// <summary>Gets the last index known to be durable there and equal to the leader's.</summary>
    public LogIndex MatchIndex { get; private set; }

    /// <summary>Gets the next index to send.</summary>
    public LogIndex NextIndex { get; private set; }

    /// <summary>Gets how entries are sent.</summary>
    public ProgressMode Mode { get; private set; }

    /// <summary>Gets whether a probe is unanswered, so that no other is sent.</summary>
    public bool IsProbeUnanswered { get; private set; }

    /// <summary>Gets whether probes carry no entries, because where the logs match is a guess.</summary>
    public bool IsProbeEmpty { get; private set; }

    /// <summary>
    /// Gets whether entries of unknown size went out in this step, so that their real end isn't known yet.
    /// </summary>
    public bool IsEndUnknown { get; set; }

    /// <summary>Gets when the peer was last heard in this term.</summary>
    public Instant HeardAt { get; set; }

    /// <summary>Gets when replication to it last moved: an answer that taught something, or a probe.</summary>
    public Instant MovedAt { get; set; }

    /// <summary>Gets the highest commit index that it was told and can use.</summary>
    public LogIndex CommitTold { get; set; }

    /// <summary>Gets the highest confirmation round that it answered.</summary>
    public long RoundAnswered { get; set; }

    /// <summary>
    /// Starts over for a new leader (paper fig. 2: nextIndex is the leader's last index + 1, matchIndex 0).
    /// </summary>
    /// <param name="next">The next index.</param>
    /// <param name="now">The current moment.</param>
    public void Reset(LogIndex next, Instant now)
    {
        MatchIndex = LogIndex.Zero;
        NextIndex = next;
        Mode = ProgressMode.Probe;
        IsProbeUnanswered = false;
        IsProbeEmpty = false;
        IsEndUnknown = false;
        HeardAt = now;
        MovedAt = now;
        CommitTold = LogIndex.Zero;
        RoundAnswered = 0;
        Inflight.Clear();
    }

    /// <summary>Notes that a probe was sent.</summary>
    /// <param name="now">The current moment.</param>
    public void ProbeSent(Instant now)
    {
        IsProbeUnanswered = true;
        MovedAt = now;
    }

    /// <summary>Notes that a message of the window was sent.</summary>
    /// <param name="last">The last index in it.</param>
    /// <param name="bytes">Its payload bytes.</param>
    /// <param name="now">The current moment.</param>
    public void EntriesSent(LogIndex last, long bytes, Instant now)
    {
        if (Inflight.IsEmpty)
        {
            MovedAt = now;
        }

        Inflight.Add(last, (int)(last - NextIndex + 1), bytes);
        NextIndex = last.Next();
    }

    /// <summary>Notes that the driver sent fewer entries than named.</summary>
    /// <param name="last">The last index that was sent.</param>
    public void EntriesShortened(LogIndex last)
    {
        IsEndUnknown = false;
        if (last >= NextIndex || last + 1 == NextIndex)
        {
            return;
        }

        if (last > MatchIndex && Inflight.TryShortenNewest(last))
        {
            NextIndex = last.Next();
        }
        else
        {
            Probe(MatchIndex.Next());
        }
    }

    /// <summary>Notes an answer that the logs match up to an index.</summary>
    /// <param name="match">The index.</param>
    /// <param name="now">The current moment.</param>
    /// <returns>Whether the match index rose.</returns>
    public bool Matched(LogIndex match, Instant now)
    {
        bool isProbeAnswered = Mode == ProgressMode.Probe && match + 1 >= NextIndex;
        bool rose = match > MatchIndex;
        if (rose)
        {
            MatchIndex = match;
            MovedAt = now;
            Inflight.FreeTo(match);
            NextIndex = LogIndex.Max(NextIndex, match.Next());
        }

        if (rose || isProbeAnswered)
        {
            Replicate();
        }

        return rose;
    }

    /// <summary>Notes an answer that the logs don't match before <see cref="NextIndex"/>.</summary>
    /// <param name="refused">The position that was refused.</param>
    /// <param name="next">Where to try next.</param>
    /// <returns>False if the answer is to an older message.</returns>
    public bool TryBackOff(LogIndex refused, LogIndex next)
    {
        if (refused <= MatchIndex || refused >= NextIndex)
        {
            return false;
        }

        if (Mode == ProgressMode.Replicate)
        {
            // A message of the window got lost or came out of order; what matched still does.
            Probe(MatchIndex.Next());
            return true;
        }

        if (refused + 1 != NextIndex)
        {
            return false;
        }

        Probe(LogIndex.Max(LogIndex.Min(next, refused), MatchIndex.Next()));
        IsProbeEmpty = NextIndex > MatchIndex + 1;
        return true;
    }

    /// <summary>Goes back to probing, with nothing in flight.</summary>
    /// <param name="next">The next index.</param>
    public void Probe(LogIndex next)
    {
        Mode = ProgressMode.Probe;
        NextIndex = next;
        IsProbeUnanswered = false;
        IsProbeEmpty = false;
        IsEndUnknown = false;
        Inflight.Clear();
    }

    /// <summary>Notes that the connection broke: probing goes on when the peer is heard again.</summary>
    public void Disconnected()
    {
        if (Mode == ProgressMode.Replicate)
        {
            Probe(MatchIndex.Next());
        }

        IsProbeUnanswered = true;
    }

    /// <summary>Lets another probe go, without entries: the unanswered one may be on its way or lost.</summary>
    public void ProbeAgain()
    {
        IsProbeUnanswered = false;
        IsProbeEmpty = true;
    }

    private void Replicate()
    {
        if (Mode == ProgressMode.Replicate)
        {
            return;
        }

        Mode = ProgressMode.Replicate;
        NextIndex = MatchIndex.Next();
        IsProbeUnanswered = false;
        IsProbeEmpty = false;
        Inflight.Clear();
    }
}
