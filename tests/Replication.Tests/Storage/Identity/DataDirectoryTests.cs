using Replication.Errors;
using Replication.Raft.Primitives;
using Replication.Storage.Files;
using Replication.Storage.Identity;
using Replication.Transport;

namespace Replication.Tests.Storage.Identity;

public class DataDirectoryTests
{
    private static readonly Guid Cluster = new("11111111-1111-1111-1111-111111111111");
    private static readonly Guid OtherCluster = new("22222222-2222-2222-2222-222222222222");
    private static readonly Guid DirectoryOne = new("aaaaaaaa-0000-0000-0000-000000000001");
    private static readonly Guid DirectoryTwo = new("aaaaaaaa-0000-0000-0000-000000000002");
    private static readonly Guid DirectoryNew = new("aaaaaaaa-0000-0000-0000-00000000000f");
    private static readonly NodeId One = new(1);
    private static readonly NodeId Two = new(2);

    private static readonly ClusterMember[] Members =
    [
        new(new NodeId(3), new Uri("https://three.example:5003"), 0),
        new(One, new Uri("https://one.example:5001")),
        new(Two, new Uri("https://two.example:5002"), 7),
    ];

    private readonly InMemoryFileSystem _disk = new();

    [Fact]
    public void What_initialize_wrote_survives_a_power_loss()
    {
        Initialize();
        using DataDirectory directory = DataDirectory.Open(_disk.CrashClone(), Cluster, One);
        Assert.Equal(new NodeIdentity(Cluster, One, DirectoryOne), directory.Identity);
        Assert.Equal(Members.OrderBy(member => member.NodeId), directory.Members);
    }

    [Fact]
    public void A_start_without_initialize_is_refused_and_changes_nothing()
    {
        DataDirectoryException error = Assert.Throws<DataDirectoryException>(
            () => DataDirectory.Open(_disk, Cluster, One));
        Assert.Contains("never initialized", error.Message, StringComparison.Ordinal);
        Assert.Empty(_disk.List(string.Empty));
    }

    [Fact]
    public void The_directory_of_another_cluster_is_refused_with_both_ids()
    {
        Initialize();
        string message = Assert.Throws<DataDirectoryException>(() => DataDirectory.Open(_disk, OtherCluster,
            One)).Message;
        Assert.Contains(Cluster.ToString(), message, StringComparison.Ordinal);
        Assert.Contains(OtherCluster.ToString(), message, StringComparison.Ordinal);
        DataDirectory.Open(_disk, Cluster, One).Dispose();
    }

    [Fact]
    public void The_directory_of_another_node_is_refused_with_both_ids()
    {
        Initialize();
        string message = Assert.Throws<DataDirectoryException>(() => DataDirectory.Open(_disk, Cluster, Two)).Message;
        Assert.Contains("node 1, not to node 2", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_in_use_is_refused()
    {
        Initialize();
        using DataDirectory directory = DataDirectory.Open(_disk, Cluster, One);
        Assert.Contains("locked", Assert.Throws<DataDirectoryException>(() => DataDirectory.Open(_disk, Cluster,
            One)).Message, StringComparison.Ordinal);
        directory.Dispose();
        DataDirectory.Open(_disk, Cluster, One).Dispose();
    }

    [Fact]
    public void A_directory_is_initialized_once_and_only_if_empty()
    {
        Initialize();
        Assert.Contains(
            "initialized already", Assert.Throws<DataDirectoryException>(Initialize).Message, StringComparison.Ordinal);

        var other = new InMemoryFileSystem();
        other.Open("holiday.jpg", FileOpenMode.New).Dispose();
        string message = Assert.Throws<DataDirectoryException>(
            () => DataDirectory.Initialize(other, Cluster, One, Members, DirectoryOne)).Message;
        Assert.Contains("holiday.jpg", message, StringComparison.Ordinal);
        Assert.Equal(["holiday.jpg"], other.List(string.Empty));
    }

    [Fact]
    public void Contradicting_values_are_refused_before_anything_is_written()
    {
        Refused("not among the members", Cluster, new NodeId(9), Members, DirectoryOne);
        Refused("all zeros", Guid.Empty, One, Members, DirectoryOne);
        Refused("all zeros", Cluster, One, Members, Guid.Empty);
        Refused("given twice", Cluster, One, [Members[1], Members[1]], DirectoryOne);
        Refused("priority -1", Cluster, One, [Members[1] with { Priority = -1 }], DirectoryOne);
        Assert.Empty(_disk.List(string.Empty));
    }

    [Fact]
    public void Every_flipped_bit_of_the_identity_is_refused()
    {
        Initialize();
        using IFile file = _disk.Open(IdentityFile.Name, FileOpenMode.Existing);
        for (long offset = 0; offset < file.Length; offset++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                Flip(file, offset, bit);
                StorageCorruptedException error = Assert.Throws<StorageCorruptedException>(
                    () => DataDirectory.Open(_disk, Cluster, One));
                Assert.Equal(IdentityFile.Name, error.File);
                Flip(file, offset, bit);
            }
        }

        DataDirectory.Open(_disk, Cluster, One).Dispose();
    }

    [Fact]
    public void A_newer_format_is_refused_by_its_number()
    {
        AtomicFile.Write(_disk, IdentityFile.Name, 77, "whatever"u8);
        Assert.Contains("format version 77", Assert.Throws<DataDirectoryException>(() => DataDirectory.Open(_disk,
            Cluster, One)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_peer_is_accepted_only_once_its_directory_is_durable()
    {
        Initialize();
        using DataDirectory directory = DataDirectory.Open(_disk, Cluster, One);
        Assert.True(directory.TryAcceptPeer(Two, DirectoryTwo));
        Assert.True(directory.TryAcceptPeer(Two, DirectoryTwo));

        using DataDirectory after = DataDirectory.Open(_disk.CrashClone(), Cluster, One);
        Assert.False(after.TryAcceptPeer(Two, DirectoryNew));
        Assert.True(after.TryAcceptPeer(Two, DirectoryTwo));
        Assert.True(after.TryAcceptPeer(new NodeId(3), DirectoryNew));
    }

    [Fact]
    public void A_peer_whose_directory_can_not_be_remembered_is_not_accepted()
    {
        Initialize();
        using DataDirectory directory = DataDirectory.Open(_disk, Cluster, One);
        _disk.CapacityBytes = 0;
        Assert.Throws<StorageFailedException>(() => directory.TryAcceptPeer(Two, DirectoryTwo));
        _disk.CapacityBytes = 1L << 30;
        Assert.Throws<StorageFailedException>(() => directory.TryAcceptPeer(Two, DirectoryTwo));
    }

    [Fact]
    public void The_handshake_accepts_a_member_and_agrees_on_a_version()
    {
        PeerHandshake judge = Judge();
        Assert.Null(judge.Judge(HelloOf(Two, DirectoryTwo), Two, Two, out int version));
        Assert.Equal(PeerMessageCodec.Version, version);
        Assert.Null(judge.Judge(HelloOf(Two, DirectoryTwo), NodeId.None, NodeId.None, out _));
        Assert.Equal(One, judge.Hello.Identity.NodeId);
    }

    [Fact]
    public void The_handshake_says_why_it_refuses()
    {
        PeerHandshake judge = Judge();
        PeerHello good = HelloOf(Two, DirectoryTwo);
        Assert.Contains("versions 98 to 99", Refusal(judge, good with { VersionMin = 98, VersionMax = 99 }),
            StringComparison.Ordinal);
        Assert.Contains(OtherCluster.ToString(), Refusal(judge, good with { Identity = new(OtherCluster, Two,
            DirectoryTwo) }), StringComparison.Ordinal);
        Assert.Contains("no member", Refusal(judge, HelloOf(new NodeId(9), DirectoryTwo)), StringComparison.Ordinal);
        Assert.Contains("which is this node", Refusal(judge, HelloOf(One, DirectoryOne)), StringComparison.Ordinal);
        Assert.Contains("no directory id", Refusal(judge, HelloOf(Two, Guid.Empty)), StringComparison.Ordinal);
        Assert.Contains("node 3 was dialled", judge.Judge(good, new NodeId(3), Two, out _), StringComparison.Ordinal);
        Assert.Contains(
            "certificate names node 3", judge.Judge(good, Two, new NodeId(3), out _), StringComparison.Ordinal);
    }

    [Fact]
    public void A_wiped_node_that_comes_back_under_its_number_is_refused_with_both_directories()
    {
        PeerHandshake judge = Judge();
        Assert.Null(judge.Judge(HelloOf(Two, DirectoryTwo), Two, Two, out _));
        string refusal = Refusal(judge, HelloOf(Two, DirectoryNew));
        Assert.Contains(DirectoryTwo.ToString(), refusal, StringComparison.Ordinal);
        Assert.Contains(DirectoryNew.ToString(), refusal, StringComparison.Ordinal);
    }

    private static string Refusal(PeerHandshake judge, in PeerHello hello) =>
        judge.Judge(hello, NodeId.None, NodeId.None, out _) ?? throw new Xunit.Sdk.XunitException("It was accepted.");

    private static PeerHello HelloOf(NodeId node, Guid directory) =>
        new(PeerMessageCodec.Version, PeerMessageCodec.Version, new NodeIdentity(Cluster, node, directory));

    private static void Flip(IFile file, long offset, int bit)
    {
        Span<byte> one = stackalloc byte[1];
        file.Read(offset, one);
        one[0] ^= (byte)(1 << bit);
        file.Write(offset, one);
    }

    private PeerHandshake Judge()
    {
        Initialize();
        return new PeerHandshake(DataDirectory.Open(_disk, Cluster, One));
    }

    private void Initialize() => DataDirectory.Initialize(_disk, Cluster, One, Members, DirectoryOne);

    private void Refused(string part, Guid cluster, NodeId node, IReadOnlyList<ClusterMember> members,
        Guid directory) => Assert.Contains(
        part, Assert.Throws<DataDirectoryException>(() => DataDirectory.Initialize(_disk, cluster, node, members,
            directory)).Message, StringComparison.Ordinal);
}
