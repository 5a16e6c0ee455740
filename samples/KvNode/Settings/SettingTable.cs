using Replication.Raft.Primitives;
using Replication.Storage.Identity;
using static KvNode.Settings.SettingText;

namespace KvNode.Settings;

/// <summary>Every setting of a node process, in the order of <c>--help</c>.</summary>
internal static class SettingTable
{
    public static readonly IReadOnlyList<Setting> All =
    [
        new("NodeId", "ID", "this node, from 1 on", (s, t) => s.Host.NodeId = Node(t)),
        new("ClusterId", "UUID", "the cluster; equal on all its nodes", (s, t) => s.Host.ClusterId = ClusterId(t)),
        new("DataDirectory", "PATH", "where the node keeps its files", (s, t) => s.DataDirectory = Path(t)),
        new("Listen", "IP:PORT", "where to listen; port 0 takes a free one (default: the member's address)", (s, t) =>
            s.Listen = EndPoint(t)),
        new("Peer", "ID=ADDRESS", "where this node reaches a peer (default: the member's address); once per peer",
            SetPeer) { IsPerNode = true },
        new("Advertise", "ID=ADDRESS", "where clients are told that a node is (default: the member's address); once "
            + "per node", SetAdvertised) { IsPerNode = true },
        new("Member", "ID=ADDRESS[,PRIORITY]", "init only: a member of the cluster; once per member",
            SetMember) { IsPerNode = true },
        new("Stores", "NAMES", "key-value stores, with commas between (default: kv)", (s, t) => s.Stores = Names(t)),
        new("Certificate", "PATH", "PEM file of the node's certificate; without it: plain text on loopback", (s, t) =>
            s.Certificate = Path(t)),
        new("CertificateKey", "PATH", "PEM file of its private key", (s, t) => s.CertificateKey = Path(t)),
        new("Authority", "PATH", "PEM file of the authority that signs nodes and clients", (s, t) => s.Authority =
            Path(t)),
        new("RequireClientCertificate", "BOOL", "clients must show a certificate of the authority (false)", (s, t) =>
            s.Network.RequireClientCertificate = Flag(t)),
        new("AllowPlaintextBeyondLoopback", "BOOL", "plain text may leave this machine: anyone on the way can read and "
            + "change it (false)", (s, t) => s.Network.AllowPlaintextBeyondLoopback = Flag(t)),
        new("ExitWithInput", "BOOL", "end at once when standard input closes, for programs that start nodes", (s, t) =>
            s.ExitWithInput = Flag(t)),
        new("LogLevel", "LEVEL", "Trace, Debug, Information, Warning, Error, Critical, None", (s, t) => s.LogLevel =
            Name<Microsoft.Extensions.Logging.LogLevel>(t)),
        new("HeartbeatInterval", "DURATION", "time between heartbeats (50ms)", (s, t) => s.Host.HeartbeatInterval =
            Duration(t)),
        new("ElectionTimeoutMin", "DURATION", "shortest wait for a leader (300ms)", (s, t) =>
            s.Host.ElectionTimeoutMin = Duration(t)),
        new("ElectionTimeoutMax", "DURATION", "longest wait for a leader (600ms)", (s, t) =>
            s.Host.ElectionTimeoutMax = Duration(t)),
        new("AllowSynchronousContinuations", "BOOL", "answer a lone call on the thread that ended it (true)", (s, t) =>
            s.Host.AllowSynchronousContinuations = Flag(t)),
        new("ForwardWrites", "BOOL", "forward a write to the leader (true)", (s, t) => s.Host.ForwardWrites = Flag(t)),
        new("WriteTimeout", "DURATION", "longest wait of a write (10s)", (s, t) => s.Host.WriteTimeout = Duration(t)),
        new("ReadTimeout", "DURATION", "longest wait of a linearizable read (5s)", (s, t) => s.Host.ReadTimeout =
            Duration(t)),
        new("PendingBytesMax", "SIZE", "waiting proposals per group (64MiB)", (s, t) => s.Host.PendingBytesMax =
            Size(t)),
        new("EntryCacheBytesMax", "SIZE", "recent entries in memory per group (64MiB)", (s, t) =>
            s.Host.EntryCacheBytesMax = Size(t)),
        new("CheckpointLogBytes", "SIZE", "applied log between checkpoints (64MiB)", (s, t) =>
            s.Host.CheckpointLogBytes = Size(t)),
        new("LogBytesMax", "SIZE", "retained log from which writes are refused (8GiB)", (s, t) => s.Host.LogBytesMax =
            Size(t)),
        new("DiskReserveBytes", "SIZE", "disk space kept free (256MiB)", (s, t) => s.Host.DiskReserveBytes = Size(t)),
        new("SessionTimeout", "DURATION", "idle log time after which a client session expires (1h)", (s, t) =>
            s.Host.SessionTimeout = Duration(t)),
        new("Seed", "NUMBER", "seed of random numbers; 0 draws one (0)", (s, t) => s.Host.Seed = (ulong)Size(t)),
        new("KeyBytesMax", "SIZE", "largest key (4096)", (s, t) => s.Host.KeyValue.KeyBytesMax = SmallSize(t)),
        new("ValueBytesMax", "SIZE", "largest value (1MiB)", (s, t) => s.Host.KeyValue.ValueBytesMax = SmallSize(t)),
        new("BatchBytesMax", "SIZE", "largest batch (2MiB)", (s, t) => s.Host.KeyValue.BatchBytesMax = SmallSize(t)),
        new("BatchOperationsMax", "NUMBER", "most operations in a batch (1024)", (s, t) =>
            s.Host.KeyValue.BatchOperationsMax = Count(t)),
        new("VersionWindow", "DURATION", "log time for which overwritten values are kept (5s)", (s, t) =>
            s.Host.Engine.VersionWindow = Duration(t)),
        new("ValueCacheBytesMax", "SIZE", "values kept in memory (256MiB)", (s, t) =>
            s.Host.Engine.ValueCacheBytesMax = Size(t)),
        new("CompactionDeadRatio", "NUMBER", "share of dead bytes that starts a compaction (0.5)", (s, t) =>
            s.Host.Engine.CompactionDeadRatio = Ratio(t)),
        new("ConnectTimeout", "DURATION", "longest wait for a peer's connection (2s)", (s, t) =>
            s.Network.ConnectTimeout = Duration(t)),
        new("ReconnectDelayMin", "DURATION", "first pause before a peer is dialled again (20ms)", (s, t) =>
            s.Network.ReconnectDelayMin = Duration(t)),
        new("ReconnectDelayMax", "DURATION", "longest pause before a peer is dialled again (1s)", (s, t) =>
            s.Network.ReconnectDelayMax = Duration(t)),
        new("KeepAliveInterval", "DURATION", "silence after which a peer is asked whether it is there (1s)", (s, t) =>
            s.Network.KeepAliveInterval = Duration(t)),
        new("KeepAliveTimeout", "DURATION", "longest wait for that answer (2s)", (s, t) => s.Network.KeepAliveTimeout =
            Duration(t)),
        new("QueueMessagesMax", "NUMBER", "messages that wait for one peer (65536)", (s, t) =>
            s.Network.QueueMessagesMax = Count(t)),
        new("ControlQueueBytesMax", "SIZE", "small messages that wait for one peer (16MiB)", (s, t) =>
            s.Network.ControlQueueBytesMax = Size(t)),
        new("BulkQueueBytesMax", "SIZE", "entries that wait for one peer (64MiB)", (s, t) =>
            s.Network.BulkQueueBytesMax = Size(t)),
        new("StopGrace", "DURATION", "how long calls under way may still run at a stop (2s)", (s, t) =>
            s.Network.StopGrace = Duration(t)),
    ];

    private static void SetPeer(NodeSettings settings, string text)
    {
        (int node, string address) = PerNode(text);
        settings.Network.PeerAddresses[new NodeId(node)] = Address(address);
    }

    private static void SetAdvertised(NodeSettings settings, string text)
    {
        (int node, string address) = PerNode(text);
        settings.Network.AdvertisedAddresses[new NodeId(node)] = Address(address);
    }

    private static void SetMember(NodeSettings settings, string text)
    {
        ClusterMember member = Member(text);
        settings.Members[member.NodeId.Value] = member;
    }
}
