using Replication.Raft.Primitives;
using Replication.Raft.Quorums;

namespace Replication.Raft.Progress;

/// <summary>The progress of all peers, in order of node id, and what a majority of all voters has reached.</summary>
internal sealed class PeerTable
{
    private readonly PeerProgress[] _peers;
    private readonly long[] _scratch;

    /// <summary>Creates the table.</summary>
    /// <param name="config">The settings.</param>
    public PeerTable(RaftConfig config)
    {
        _peers = [.. config.Voters.Where(voter => voter.Id != config.NodeId).OrderBy(voter => voter.Id)
            .Select(voter => new PeerProgress(voter, config))];
        _scratch = new long[config.Voters.Count];
    }

    /// <summary>Gets the peers.</summary>
    public ReadOnlySpan<PeerProgress> All => _peers;

    /// <summary>Gets a peer by its place.</summary>
    /// <param name="at">From 0 on.</param>
    public PeerProgress this[int at] => _peers[at];

    /// <summary>Gets a peer.</summary>
    /// <param name="id">Its node.</param>
    /// <returns>Null if it isn't a voter, or is this node.</returns>
    public PeerProgress? Find(NodeId id)
    {
        foreach (PeerProgress peer in _peers)
        {
            if (peer.Id == id)
            {
                return peer;
            }
        }

        return null;
    }

    /// <summary>Gets the highest index that is durable on a majority.</summary>
    /// <param name="own">What is durable on this node: its disk counts as one peer's (thesis §10.2.1).</param>
    public LogIndex MatchedByMajority(LogIndex own)
    {
        _scratch[0] = own.Value;
        for (int at = 0; at < _peers.Length; at++)
        {
            _scratch[at + 1] = _peers[at].MatchIndex.Value;
        }

        return new LogIndex(Majority.Reached(_scratch));
    }

    /// <summary>Gets the highest confirmation round that a majority answered.</summary>
    /// <param name="own">The latest round: this node confirms its own.</param>
    public long RoundOfMajority(long own)
    {
        _scratch[0] = own;
        for (int at = 0; at < _peers.Length; at++)
        {
            _scratch[at + 1] = _peers[at].RoundAnswered;
        }

        return Majority.Reached(_scratch);
    }

    /// <summary>Gets since when a majority, this node included, was heard.</summary>
    /// <param name="now">The current moment.</param>
    public Instant HeardFromMajority(Instant now)
    {
        _scratch[0] = now.Nanoseconds;
        for (int at = 0; at < _peers.Length; at++)
        {
            _scratch[at + 1] = _peers[at].HeardAt.Nanoseconds;
        }

        return new Instant(Majority.Reached(_scratch));
    }

    /// <summary>Gets the lowest index that is durable on all voters.</summary>
    /// <param name="own">What is durable on this node.</param>
    public LogIndex MatchedByAll(LogIndex own)
    {
        LogIndex lowest = own;
        foreach (PeerProgress peer in _peers)
        {
            lowest = LogIndex.Min(lowest, peer.MatchIndex);
        }

        return lowest;
    }
}
