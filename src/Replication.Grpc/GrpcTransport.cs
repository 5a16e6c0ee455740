using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Replication.Grpc.Api;
using Replication.Grpc.Health;
using Replication.Grpc.Peers;
using Replication.Grpc.Security;
using Replication.Grpc.Serving;
using Replication.Hosting;
using Replication.Raft.Primitives;
using Replication.Storage.Identity;
using Replication.Transport;

namespace Replication.Grpc;

/// <summary>
/// The network of a node: frames over TCP or TLS to its peers, and the key-value API and the health service as gRPC for
/// clients, on one port.
/// </summary>
/// <remarks>
/// To each peer this node dials two connections, so that entries never delay votes and heartbeats.
/// Clients are answered with status Unavailable until <see cref="Serve(ReplicaHost)"/> names the host. Callable from
/// any thread.
/// </remarks>
public sealed class GrpcTransport : ITransport
{
    private readonly GrpcTransportOptions _options;
    private readonly IPeerJudge _judge;
    private readonly IReadOnlyList<ClusterMember> _members;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly TlsSettings _tls;
    private readonly HealthState _health = new();
    private readonly KeyValueApi _api;
    private readonly Dictionary<NodeId, PeerLink> _links = [];
    private GrpcListener? _listener;
    private CancellationTokenRegistration _faultWatch;

    // One close for all who ask, so that the port is free for each of them when it ends.
    private readonly Lazy<Task> _closed;

    /// <summary>Creates the network of the node that a data directory belongs to.</summary>
    /// <param name="options">The settings; checked here.</param>
    /// <param name="directory">The open data directory: identity, members, and what is known of the peers' directories.
    /// Not disposed here.</param>
    /// <param name="loggers">Where log lines go; nowhere by default.</param>
    /// <param name="time">The clock; the system's by default.</param>
    /// <exception cref="ArgumentException">A setting is out of its bounds, or the certificate isn't this
    /// node's.</exception>
    public GrpcTransport(
        GrpcTransportOptions options, DataDirectory directory, ILoggerFactory? loggers = null,
            TimeProvider? time = null)
        : this(options, JudgeOf(directory), directory.Members, loggers, time)
    {
    }

    internal GrpcTransport(
        GrpcTransportOptions options,
        IPeerJudge judge,
        IReadOnlyList<ClusterMember> members,
        ILoggerFactory? loggers,
        TimeProvider? time)
    {
        ArgumentNullException.ThrowIfNull(options);
        NodeIdentity identity = judge.Hello.Identity;
        GrpcTransportOptionsValidation.Validate(options, identity, members);
        (_options, _judge, _members) = (options, judge, members);
        _loggers = loggers ?? NullLoggerFactory.Instance;
        _logger = _loggers.CreateLogger("Replication.Grpc");
        _time = time ?? TimeProvider.System;
        _tls = new TlsSettings(options.Certificate, options.Authorities, _time, _logger);
        _closed = new Lazy<Task>(CloseAsync);
        _api = new KeyValueApi(identity.NodeId,
            new NodeAddresses(members.Select(m => (m.NodeId, AdvertisedAddressOf(m)))));
    }

    /// <summary>
    /// Gets the bound address; null before the start. Its port is the real one also where 0 was asked for.
    /// </summary>
    public Uri? Address => _listener?.Address;

    /// <summary>
    /// Gets the number of messages to peers that were dropped, because a queue was full or no connection stood.
    /// </summary>
    public long DroppedMessages => _links.Values.Sum(l => l.Control.Dropped + l.Bulk.Dropped);

    /// <summary>Gets whether messages to a peer can leave.</summary>
    /// <param name="peer">The peer.</param>
    /// <returns>False also for nodes that are no peers.</returns>
    public bool IsConnectedTo(NodeId peer) => _links.TryGetValue(peer, out PeerLink? link) && link.IsUp;

    /// <summary>Gets why the last attempt to reach a peer failed.</summary>
    /// <param name="peer">The peer.</param>
    /// <returns>Null if it did not.</returns>
    public string? LastFailureOf(NodeId peer) => _links.TryGetValue(peer, out PeerLink? link) ? link.LastFailure : null;

    /// <inheritdoc/>
    /// <exception cref="IOException">The endpoint is in use, or not one of this machine.</exception>
    public async ValueTask StartAsync(ITransportHandler handler, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(handler);
        NodeId self = _judge.Hello.Identity.NodeId;
        ServiceTable services = new();
        PeerListener peers = new(ListenerSettings(handler));
        new HealthMethods(_health).AddTo(services);
        _api.AddTo(services);
        GrpcListener listener = new(
            _options.Listen,
            services,
            _options.Certificate is null ? null : _tls.Server(_options.RequireClientCertificate),
            _loggers,
            _time,
            _options.StopGrace,
            filter: peers.RunAsync);
        foreach (ClusterMember member in _members)
        {
            if (member.NodeId != self)
            {
                _links.Add(member.NodeId, new PeerLink(SettingsOf(member), _judge, handler, _logger));
            }
        }

        _listener = listener;
        await listener.StartAsync(cancellationToken).ConfigureAwait(false);
        foreach (PeerLink link in _links.Values)
        {
            link.Start();
        }

        LogStart(self);
    }

    /// <summary>
    /// Answers clients with the stores of a host from now on, and reports health as serving until the host is faulted.
    /// </summary>
    /// <param name="host">The running host whose transport this is.</param>
    public void Serve(ReplicaHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        Serve(new ServedReplicaHost(host), host.Faulted);
    }

    /// <inheritdoc/>
    public void Send(NodeId receiver, PeerMessage message)
    {
        if (_links.TryGetValue(receiver, out PeerLink? link))
        {
            link.Send(message);
        }
    }

    /// <summary>
    /// Closes every connection, after <see cref="GrpcTransportOptions.StopGrace"/> at the latest. What waits for peers
    /// is dropped.
    /// </summary>
    /// <returns>Completes when the port is free.</returns>
    public ValueTask DisposeAsync() => new(_closed.Value);

    private async Task CloseAsync()
    {
        _health.IsServing = false;
        await _faultWatch.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_links.Values.Select(l => l.DisposeAsync().AsTask())).ConfigureAwait(false);
        if (_listener is not null)
        {
            await _listener.DisposeAsync().ConfigureAwait(false);
        }
    }

    internal Task WhenConnectedTo(NodeId peer) => _links[peer].WhenUp;

    internal PeerLink LinkTo(NodeId peer) => _links[peer];

    internal void Serve(IServedHost host, CancellationToken faulted)
    {
        _api.Host = host;
        _health.IsServing = true;
        _faultWatch = faulted.UnsafeRegister(static health => ((HealthState)health!).IsServing = false, _health);
    }

    private static DirectoryJudge JudgeOf(DataDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return new DirectoryJudge(new PeerHandshake(directory));
    }

    private Uri AdvertisedAddressOf(ClusterMember member) =>
        _options.AdvertisedAddresses.TryGetValue(member.NodeId, out Uri? other) ? other : member.Address;

    private void Wake(NodeId peer)
    {
        if (_links.TryGetValue(peer, out PeerLink? link))
        {
            link.Wake();
        }
    }

    private PeerListenerSettings ListenerSettings(ITransportHandler handler) => new()
    {
        Judge = _judge,
        UsesTls = _options.Certificate is not null,
        Handler = handler,
        Opened = Wake,
        ConnectTimeout = _options.ConnectTimeout,
        KeepAliveInterval = _options.KeepAliveInterval,
        KeepAliveTimeout = _options.KeepAliveTimeout,
        Logger = _logger,
        Time = _time,
    };

    private PeerLinkSettings SettingsOf(ClusterMember member)
    {
        Uri address = GrpcTransportOptionsValidation.AddressOf(_options, member);
        NodeCertificateName name = new(_judge.Hello.Identity.ClusterId, member.NodeId);
        return new PeerLinkSettings
        {
            Peer = member.NodeId,
            Address = address,
            Tls = _options.Certificate is null ? null : () => _tls.ToNode(address.Host, name),
            ConnectTimeout = _options.ConnectTimeout,
            ReconnectDelayMin = _options.ReconnectDelayMin,
            ReconnectDelayMax = _options.ReconnectDelayMax,
            KeepAliveInterval = _options.KeepAliveInterval,
            KeepAliveTimeout = _options.KeepAliveTimeout,
            QueueMessagesMax = _options.QueueMessagesMax,
            ControlQueueBytesMax = _options.ControlQueueBytesMax,
            BulkQueueBytesMax = _options.BulkQueueBytesMax,
            Time = _time,
        };
    }

    private void LogStart(NodeId self)
    {
        _logger.Listening(self.Value, Address!);
        bool isLocal = IPAddress.IsLoopback(_options.Listen.Address)
            && _members.All(m =>
                GrpcTransportOptionsValidation.IsLoopback(GrpcTransportOptionsValidation.AddressOf(_options, m)));
        if (_options.Certificate is null && !isLocal)
        {
            _logger.PlaintextBeyondLoopback(self.Value);
        }
    }
}
