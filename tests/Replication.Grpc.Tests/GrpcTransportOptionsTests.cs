using System.Net;
using System.Security.Cryptography.X509Certificates;
using Replication.Grpc.Tests.Peers;
using Replication.Grpc.Tests.Security;
using Replication.Raft.Primitives;
using Replication.Storage.Identity;

namespace Replication.Grpc.Tests;

public class GrpcTransportOptionsTests
{
    [Fact]
    public void Every_bound_is_checked_and_the_message_names_setting_and_value()
    {
        Refused(o => o.ConnectTimeout = TimeSpan.FromMilliseconds(1), "ConnectTimeout is 1 ms");
        Refused(o => o.ReconnectDelayMin = TimeSpan.FromSeconds(2), "ReconnectDelayMin is 2000 ms");
        Refused(o => o.ReconnectDelayMax = TimeSpan.FromSeconds(100), "ReconnectDelayMax is 100000 ms");
        Refused(o => o.KeepAliveInterval = TimeSpan.FromMilliseconds(999), "KeepAliveInterval is 999 ms");
        Refused(o => o.KeepAliveTimeout = TimeSpan.FromMinutes(2), "KeepAliveTimeout is 120000 ms");
        Refused(o => o.StopGrace = TimeSpan.FromSeconds(-1), "StopGrace is -1000 ms");
        Refused(o => o.QueueMessagesMax = 0, "QueueMessagesMax is 0");
        Refused(o => o.ControlQueueBytesMax = 1, "ControlQueueBytesMax is 1");
        Refused(o => o.BulkQueueBytesMax = 1, "BulkQueueBytesMax is 1");
        Refused(o => o.PeerAddresses[new NodeId(9)] = new Uri("http://127.0.0.1:1"), "PeerAddresses names node 9");
        Refused(o => o.RequireClientCertificate = true, "RequireClientCertificate is true");
    }

    [Fact]
    public void Plain_text_beyond_the_loopback_must_be_asked_for()
    {
        Refused(o => o.Listen = new IPEndPoint(IPAddress.Any, 0), "Listen 0.0.0.0:0 isn't a loopback address");
        Refused(o =>
            o.PeerAddresses[new NodeId(2)] = new Uri("http://10.0.0.7:5"),
            "http://10.0.0.7:5/ of node 2 isn't on the loopback");
        Refused(o => o.PeerAddresses[new NodeId(2)] = new Uri("https://127.0.0.1:5"), "must be http://");
        _ = new TestNode(1, TestNode.Members(2), o =>
        {
            o.Listen = new IPEndPoint(IPAddress.Any, 0);
            o.PeerAddresses[new NodeId(2)] = new Uri("http://10.0.0.7:5");
            o.AllowPlaintextBeyondLoopback = true;
        });
    }

    [Fact]
    public async Task Plain_text_beyond_the_loopback_is_warned_of_at_each_start()
    {
        await using TestNode node = await new TestNode(1, TestNode.Members(2), o =>
        {
            o.PeerAddresses[new NodeId(2)] = new Uri("http://192.0.2.1:5");
            o.AllowPlaintextBeyondLoopback = true;
        }).StartAsync();
        Assert.Contains("PLAIN TEXT", await node.Log.LineAsync(2011), StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_must_be_this_nodes_with_key_and_authority()
    {
        using TestAuthority authority = new();
        using X509Certificate2 other = authority.IssueNode(MemoryJudge.Cluster, 2);
        using X509Certificate2 own = authority.IssueNode(MemoryJudge.Cluster, 1);
        using X509Certificate2 withoutKey = X509CertificateLoader.LoadCertificate(own.RawData);
        ClusterMember[] members = TestNode.Members(2, "https");
        Refused(o => o.Certificate = other, "must name replication://", members);
        Refused(o => o.Certificate = withoutKey, "has no private key", members);
        Refused(o => o.Certificate = own, "Authorities is empty", members);
    }

    private static void Refused(Action<GrpcTransportOptions> change, string message, ClusterMember[]? members = null)
    {
        ArgumentException e =
            Assert.Throws<ArgumentException>(() => new TestNode(1, members ?? TestNode.Members(2), change));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }
}
