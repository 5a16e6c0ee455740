using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Replication.Grpc.Calls;
using Replication.Grpc.Health;
using Replication.Grpc.Peers;
using Replication.Grpc.Security;
using Replication.Grpc.Tests.Peers;
using Replication.Grpc.Wire;
using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Storage.Identity;
using Replication.Transport;

namespace Replication.Grpc.Tests.Security;

public sealed class PeerTlsTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _stranger = new("another root");
    private readonly ClusterMember[] _members = TestNode.Members(2, "https");

    [Fact]
    public async Task Two_nodes_with_their_own_certificates_talk()
    {
        await using TestNode one = await Node(1).StartAsync();
        await using TestNode two = await Node(2).StartAsync();
        await one.ConnectedTo(2);
        one.Send(2, TestNode.Small(1, 2, 5));
        RaftPeerMessage message = Assert.IsType<RaftPeerMessage>((await two.NextAsync()).Message);
        Assert.Equal(5, Assert.IsType<Heartbeat>(message.Message).Round);
    }

    [Fact]
    public async Task A_peer_that_takes_the_connection_and_never_answers_the_TLS_handshake_is_given_up()
    {
        FakeTimeProvider time = new();
        time.SetUtcNow(DateTimeOffset.UtcNow);
        using TcpListener silent = new(IPAddress.Loopback, _members[1].Address.Port);
        silent.Start();
        await using TestNode one = await Node(1, time: time).StartAsync();
        using TcpClient dialled = await silent.AcceptTcpClientAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.NotEqual(0, await dialled.GetStream().ReadAsync(new byte[1]));
        time.Advance(TimeSpan.FromSeconds(20.1));
        Assert.Contains("did not open within 20000 ms", await one.Log.LineAsync(2032), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dialler_refuses_a_server_of_another_authority()
    {
        X509Certificate2 foreign = _stranger.IssueNode(MemoryJudge.Cluster, 2);
        await using TestNode two = await Node(2, foreign).StartAsync();
        await using TestNode one = await Node(1).StartAsync();
        Assert.Contains("no trusted authority", await one.Log.LineAsync(2020), StringComparison.Ordinal);
        await one.Log.LineAsync(2032);
        Assert.False(one.Transport.IsConnectedTo(new NodeId(2)));
    }

    [Fact]
    public async Task A_dialler_refuses_the_wrong_node_the_wrong_cluster_and_an_expired_certificate()
    {
        (X509Certificate2 Certificate, string Reason)[] cases =
        [
            (_authority.IssueNode(MemoryJudge.Cluster, 3), "/node/3"),
            (_authority.IssueNode(Guid.NewGuid(), 2), "it should be for"),
            (_authority.IssueNode(MemoryJudge.Cluster, 2, isExpired: true), "valid from"),
            (_authority.Issue([]), "names no node"),
        ];
        foreach ((X509Certificate2 certificate, string reason) in cases)
        {
            using RecordingLog log = new();
            TlsSettings server = new(certificate, [_authority.Certificate], TimeProvider.System, NullLogger.Instance);
            await using Serving.GrpcListener listener = new(
                new IPEndPoint(IPAddress.Loopback, 0),
                new Serving.ServiceTable(),
                server.Server(false),
                NullLoggerFactory.Instance,
                TimeProvider.System,
                TimeSpan.FromSeconds(1));
            await listener.StartAsync(CancellationToken.None);
            X509Certificate2 own = _authority.IssueNode(MemoryJudge.Cluster, 1);
            TlsSettings client = new(own, [_authority.Certificate], TimeProvider.System, log);
            using GrpcChannel channel = Channel(
                listener.Address.Port,
                    client.ToNode("127.0.0.1", new NodeCertificateName(MemoryJudge.Cluster, new NodeId(2))));

            RpcException e = await Assert.ThrowsAsync<RpcException>(() => CheckAsync(channel));
            Assert.Equal(StatusCode.Unavailable, e.StatusCode);
            Assert.True(e.WasNeverSent);
            Assert.Contains(reason, await log.LineAsync(2020), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_node_refuses_callers_with_a_certificate_of_another_authority_or_an_expired_one()
    {
        await using TestNode one = await Node(1).StartAsync();
        (X509Certificate2 Certificate, string Reason)[] cases =
        [
            (_stranger.IssueNode(MemoryJudge.Cluster, 2), "no trusted authority"),
            (_authority.IssueNode(MemoryJudge.Cluster, 2, isExpired: true), "valid from"),
        ];
        foreach ((X509Certificate2 certificate, string reason) in cases)
        {
            using GrpcChannel channel = ChannelTo(one, certificate);
            RpcException e = await Assert.ThrowsAsync<RpcException>(() => CheckAsync(channel));
            Assert.Equal(StatusCode.Unavailable, e.StatusCode);
            await one.Log.LineAsync(2021, reason);
        }
    }

    [Fact]
    public async Task A_clients_certificate_opens_no_peer_stream_but_serves_for_health()
    {
        await using TestNode one = await Node(1).StartAsync();
        X509Certificate2 certificate = _authority.Issue(["https://example.com/client"], forServers: false);
        using GrpcChannel channel = ChannelTo(one, certificate);
        await CheckAsync(channel);

        Assert.Contains("names no node", await RefusalAsync(one, certificate, 2), StringComparison.Ordinal);
        Assert.Contains("names no node", await one.Log.LineAsync(2033), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_certificate_opens_no_peer_stream_but_serves_for_health_unless_required()
    {
        await using TestNode one = await Node(1).StartAsync();
        using GrpcChannel channel = ChannelTo(one, null);
        await CheckAsync(channel);
        Assert.Contains("none was shown", await RefusalAsync(one, null, 2), StringComparison.Ordinal);

        await using TestNode two = await Node(2, configure: o => o.RequireClientCertificate = true).StartAsync();
        using GrpcChannel refused = ChannelTo(two, null);
        await Assert.ThrowsAsync<RpcException>(() => CheckAsync(refused));
        await two.Log.LineAsync(2021, "requires one");
    }

    [Fact]
    public async Task A_nodes_certificate_opens_no_peer_stream_for_another_node_or_cluster()
    {
        await using TestNode one = await Node(1).StartAsync();
        X509Certificate2 three = _authority.IssueNode(MemoryJudge.Cluster, 3);
        Assert.Contains("other node", await RefusalAsync(one, three, 2), StringComparison.Ordinal);

        X509Certificate2 foreign = _authority.IssueNode(Guid.NewGuid(), 2);
        Assert.Contains("this node is of cluster", await RefusalAsync(one, foreign, 2), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plain_text_on_a_tls_port_is_refused_and_the_node_lives()
    {
        await using TestNode one = await Node(1).StartAsync();
        using GrpcChannel plain = Channel(_members[0].Address.Port, null);
        Assert.Equal(StatusCode.Unavailable,
            (await Assert.ThrowsAsync<RpcException>(() => CheckAsync(plain))).StatusCode);
        using GrpcChannel good = ChannelTo(one, null);
        await CheckAsync(good);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _stranger.Dispose();
    }

    private static Task<HealthCheckResponse> CheckAsync(GrpcChannel channel) =>
        channel.UnaryAsync(HealthMethods.Check, new HealthCheckRequest(), new CallOptions(TimeSpan.FromSeconds(30)));

    private static GrpcChannel Channel(int port, System.Net.Security.SslClientAuthenticationOptions? tls) =>
        new(new DnsEndPoint("127.0.0.1", port),
            new GrpcChannelOptions { Tls = tls, ConnectTimeout = TimeSpan.FromSeconds(20) });

    private async Task<string> RefusalAsync(TestNode node, X509Certificate2? certificate, int asNode)
    {
        TlsSettings tls = new(certificate, [_authority.Certificate], TimeProvider.System, NullLogger.Instance);
        PeerLinkSettings settings = new()
        {
            Peer = node.Id,
            Address = node.Transport.Address!,
            Tls = () => tls.ToCluster("127.0.0.1", MemoryJudge.Cluster),
            ConnectTimeout = TimeSpan.FromSeconds(20),
            ReconnectDelayMin = TimeSpan.FromSeconds(1),
            ReconnectDelayMax = TimeSpan.FromSeconds(1),
            KeepAliveInterval = TimeSpan.FromSeconds(60),
            KeepAliveTimeout = TimeSpan.FromSeconds(60),
            QueueMessagesMax = 1,
            ControlQueueBytesMax = 1,
            BulkQueueBytesMax = 1,
            Time = TimeProvider.System,
        };
        PeerRefusedException e = await Assert.ThrowsAsync<PeerRefusedException>(() => PeerConnection.DialAsync(
            settings, PeerStream.Bulk, new PeerQueue(1, 1), new MemoryJudge(asNode), CancellationToken.None));
        return e.Message;
    }

    private GrpcChannel ChannelTo(TestNode node, X509Certificate2? certificate)
    {
        TlsSettings tls = new(certificate, [_authority.Certificate], TimeProvider.System, NullLogger.Instance);
        return Channel(node.Transport.Address!.Port, tls.ToCluster("127.0.0.1", MemoryJudge.Cluster));
    }

    private TestNode Node(int id, X509Certificate2? certificate = null,
        Action<GrpcTransportOptions>? configure = null, TimeProvider? time = null) =>
        new(id, _members, options =>
        {
            options.Certificate = certificate ?? _authority.IssueNode(MemoryJudge.Cluster, id);
            options.Authorities.Add(_authority.Certificate);
            configure?.Invoke(options);
        }, time: time);
}
