using System.Buffers.Binary;
using System.Text;
using Replication.Raft.Primitives;
using Replication.Storage.Files;

namespace Replication.Storage.Identity;

/// <summary>The files in which a data directory says whose it is, and which directory each peer showed first.</summary>
/// <remarks>
/// Little-endian. Identity: cluster id (16), node id (4), directory id (16), count of members (4), then of each node id
/// (4),
/// priority (4), length of the address (4), address in UTF-8. Peers: count (4), then of each node id (4), directory id
/// (16).
/// </remarks>
internal static class IdentityFile
{
    public const string Name = "identity";

    public const string PeersName = "peers";

    public const int FormatVersion = 1;

    private const int GuidBytes = 16;

    public static void Write(IFileSystem files, NodeIdentity identity, IReadOnlyList<ClusterMember> members)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(identity.ClusterId.ToByteArray());
        writer.Write(identity.NodeId.Value);
        writer.Write(identity.DirectoryId.ToByteArray());
        writer.Write(members.Count);
        foreach (ClusterMember member in members)
        {
            byte[] address = Encoding.UTF8.GetBytes(member.Address.AbsoluteUri);
            writer.Write(member.NodeId.Value);
            writer.Write(member.Priority);
            writer.Write(address.Length);
            writer.Write(address);
        }

        AtomicFile.Write(files, Name, FormatVersion, stream.ToArray());
    }

    public static (NodeIdentity Identity, IReadOnlyList<ClusterMember> Members) Read(IFileSystem files)
    {
        ReadOnlySpan<byte> content = AtomicFile.Read(files, Name, FormatVersion);
        Guid cluster = TakeGuid(ref content);
        var node = new NodeId(TakeInt32(ref content));
        var identity = new NodeIdentity(cluster, node, TakeGuid(ref content));
        var members = new ClusterMember[TakeInt32(ref content)];
        for (int i = 0; i < members.Length; i++)
        {
            var id = new NodeId(TakeInt32(ref content));
            int priority = TakeInt32(ref content);
            int length = TakeInt32(ref content);
            members[i] = new ClusterMember(id, new Uri(Encoding.UTF8.GetString(content[..length])), priority);
            content = content[length..];
        }

        return (identity, members);
    }

    public static void WritePeers(IFileSystem files, IReadOnlyDictionary<NodeId, Guid> peers)
    {
        byte[] content = new byte[4 + (peers.Count * (4 + GuidBytes))];
        BinaryPrimitives.WriteInt32LittleEndian(content, peers.Count);
        int offset = 4;
        foreach ((NodeId peer, Guid directory) in peers)
        {
            BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(offset), peer.Value);
            directory.TryWriteBytes(content.AsSpan(offset + 4));
            offset += 4 + GuidBytes;
        }

        AtomicFile.Write(files, PeersName, FormatVersion, content);
    }

    public static SortedDictionary<NodeId, Guid> ReadPeers(IFileSystem files)
    {
        var peers = new SortedDictionary<NodeId, Guid>();
        if (!files.List(string.Empty).Contains(PeersName))
        {
            return peers;
        }

        ReadOnlySpan<byte> content = AtomicFile.Read(files, PeersName, FormatVersion);
        for (int count = TakeInt32(ref content); count > 0; count--)
        {
            var peer = new NodeId(TakeInt32(ref content));
            peers.Add(peer, TakeGuid(ref content));
        }

        return peers;
    }

    private static int TakeInt32(ref ReadOnlySpan<byte> content)
    {
        int value = BinaryPrimitives.ReadInt32LittleEndian(content);
        content = content[sizeof(int)..];
        return value;
    }

    private static Guid TakeGuid(ref ReadOnlySpan<byte> content)
    {
        var value = new Guid(content[..GuidBytes]);
        content = content[GuidBytes..];
        return value;
    }
}
