using System.Globalization;
using Harness.Proxies;
using KvProcesses.Processes;

namespace Harness.Drivers;

/// <summary>All on loopback, with a fault proxy on every way between two nodes and from clients to a node. Needs no
/// rights of any kind.</summary>
internal sealed class LoopbackPlacement : INodePlacement
{
    private readonly IReadOnlyList<int> _ports;
    private readonly IReadOnlyList<int> _httpPorts;
    private readonly ProxyNetwork _network;

    /// <summary>Opens the proxies.</summary>
    /// <param name="nodes">How many nodes.</param>
    public LoopbackPlacement(int nodes)
    {
        _ports = FreePorts.Take(nodes);
        _httpPorts = FreePorts.Take(nodes);
        _network = new ProxyNetwork(_ports, FreePorts.Take(ProxyNetwork.PortsOf(nodes)));
        _network.AddClientWays(_httpPorts, FreePorts.Take(nodes));
    }

    /// <inheritdoc/>
    public INetworkFaults Network => _network;

    /// <inheritdoc/>
    public IReadOnlyList<string> Options => [];

    /// <inheritdoc/>
    public Task SetUpAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public Uri ListenOf(int node) => Loopback(_ports[node - 1]);

    /// <inheritdoc/>
    public Uri HttpListenOf(int node) => Loopback(_httpPorts[node - 1]);

    /// <inheritdoc/>
    public Uri AddressOf(int node) => Loopback(_network.PortOf(INetworkFaults.Clients, node));

    /// <inheritdoc/>
    public Uri HttpAddressOf(int node) => Loopback(_network.SecondPortOf(node));

    /// <inheritdoc/>
    public Uri PeerAddressOf(int from, int to) => Loopback(_network.PortOf(from, to));

    /// <inheritdoc/>
    public IReadOnlyList<string> WrapperOf(int node) => [];

    public ValueTask DisposeAsync() => _network.DisposeAsync();

    private static Uri Loopback(int port) =>
        new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
}
