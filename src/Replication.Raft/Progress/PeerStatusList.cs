using System.Collections;
using Replication.Raft.Primitives;

namespace Replication.Raft.Progress;

/// <summary>A live view of the leader's progress table for the driver; empty on a node that doesn't lead.</summary>
internal sealed class PeerStatusList(RaftState state) : IReadOnlyList<PeerStatus>
{
    /// <inheritdoc/>
    public int Count => state.Role == RaftRole.Leader ? state.Peers.All.Length : 0;

    /// <inheritdoc/>
    public PeerStatus this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            PeerProgress peer = state.Peers[index];
            bool isActive = peer.HeardAt + state.Config.ElectionTimeoutMax > state.Now;
            return new PeerStatus(peer.Id, peer.MatchIndex, peer.NextIndex, peer.Mode, isActive);
        }
    }

    /// <inheritdoc/>
    public IEnumerator<PeerStatus> GetEnumerator()
    {
        for (int at = 0; at < Count; at++)
        {
            yield return this[at];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
