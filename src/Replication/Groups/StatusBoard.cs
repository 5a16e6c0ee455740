using Replication.Primitives;
using Replication.Raft;
using Replication.Raft.Primitives;

namespace Replication.Groups;

/// <summary>The status of a group as other threads may read it at any time: the owner writes a version number around
/// each change.</summary>
/// <remarks>A reader that sees the number change, or sees it odd, reads again. Writing allocates nothing and waits
/// for nobody.</remarks>
internal sealed class StatusBoard
{
    private readonly string _name;
    private readonly PeerStatus[] _peers;
    private long _version;
    private Fields _fields;

    public StatusBoard(string name, int voters)
    {
        _name = name;
        _peers = new PeerStatus[voters];
    }

    /// <summary>Writes a status; called by the owner only.</summary>
    /// <param name="fields">What changed.</param>
    /// <param name="peers">What the leader knows of its peers.</param>
    public void Write(in Fields fields, IReadOnlyList<PeerStatus> peers)
    {
        Interlocked.Increment(ref _version);
        _fields = fields;
        _fields.PeerCount = Math.Min(peers.Count, _peers.Length);
        for (int i = 0; i < _fields.PeerCount; i++)
        {
            _peers[i] = peers[i];
        }

        Interlocked.Increment(ref _version);
    }

    /// <summary>Reads the status; callable from any thread.</summary>
    /// <returns>A copy.</returns>
    public GroupStatus Read()
    {
        while (true)
        {
            long version = Volatile.Read(ref _version);
            Fields fields = _fields;
            PeerStatus[] peers = [.. _peers];
            Interlocked.MemoryBarrier();
            if ((version & 1) == 0 && version == Volatile.Read(ref _version))
            {
                return new GroupStatus
                {
                    Name = _name,
                    Raft = fields.Raft,
                    Peers = new ArraySegment<PeerStatus>(peers, 0, fields.PeerCount),
                    AppliedId = fields.AppliedId,
                    AppliedTimestamp = fields.AppliedTimestamp,
                    CheckpointId = fields.CheckpointId,
                    LogBytes = fields.LogBytes,
                    LogHeldBackBy = fields.LogHeldBackBy,
                };
            }
        }
    }

    /// <summary>What a status holds besides the peers.</summary>
    internal struct Fields
    {
        public RaftStatus Raft;
        public LogId AppliedId;
        public HybridTimestamp AppliedTimestamp;
        public LogId CheckpointId;
        public long LogBytes;
        public NodeId LogHeldBackBy;
        public int PeerCount;
    }
}
