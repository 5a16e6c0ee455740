using System.Globalization;

namespace Harness.Drivers;

/// <summary>A network namespace for each node, with a virtual cable to a bridge, as clients have one: faults are those
/// of the kernel's own network, by iptables. Needs root, iproute2 and iptables.</summary>
internal sealed class NamespacePlacement : INodePlacement
{
    private const int Port = 7000;
    private const int HttpPort = 7080;
    private readonly int _nodes;
    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"rj{Environment.ProcessId % 100_000}");
    private readonly string _subnet = string.Create(
        CultureInfo.InvariantCulture, $"10.{180 + (Environment.ProcessId / 250 % 60)}.{Environment.ProcessId % 250}");
    private readonly NamespaceNetwork _network;

    public NamespacePlacement(int nodes)
    {
        _nodes = nodes;
        _network = new NamespaceNetwork("namespaces", node => $"ip netns exec {NamespaceOf(node)}", IpOf,
            new NodeCables(node => SystemCommand.Run($"ip -n {Hub} link set node{node} down"),
                node => SystemCommand.Run($"ip -n {Hub} link set node{node} up")));
    }

    // The bridge has a namespace as well: the machine's own may drop what is forwarded, as Docker has it do.
    private string Hub => $"{_name}hub";

    /// <inheritdoc/>
    public INetworkFaults Network => _network;

    /// <inheritdoc/>
    public IReadOnlyList<string> Options => ["--allow-plaintext-beyond-loopback", "true"];

    /// <inheritdoc/>
    public Task SetUpAsync()
    {
        SystemCommand.Run($"ip netns add {Hub}");
        SystemCommand.Run($"ip -n {Hub} link add hub type bridge");
        SystemCommand.Run($"ip -n {Hub} link set hub up");
        SystemCommand.Run($"ip link add {_name} type veth peer name clients netns {Hub}");
        SystemCommand.Run($"ip addr add {IpOf(INetworkFaults.Clients)}/24 dev {_name}");
        SystemCommand.Run($"ip link set {_name} up");
        Plug("clients");
        for (int node = 1; node <= _nodes; node++)
        {
            string space = NamespaceOf(node);
            SystemCommand.Run($"ip netns add {space}");
            SystemCommand.Run($"ip link add node{node} netns {Hub} type veth peer name eth0 netns {space}");
            Plug(string.Create(CultureInfo.InvariantCulture, $"node{node}"));
            SystemCommand.Run($"ip -n {space} addr add {IpOf(node)}/24 dev eth0");
            SystemCommand.Run($"ip -n {space} link set eth0 up");
            SystemCommand.Run($"ip -n {space} link set lo up");
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Uri ListenOf(int node) => UriOf(node, Port);

    /// <inheritdoc/>
    public Uri HttpListenOf(int node) => UriOf(node, HttpPort);

    /// <inheritdoc/>
    public Uri AddressOf(int node) => UriOf(node, Port);

    /// <inheritdoc/>
    public Uri HttpAddressOf(int node) => UriOf(node, HttpPort);

    /// <inheritdoc/>
    public Uri PeerAddressOf(int from, int to) => UriOf(to, Port);

    /// <inheritdoc/>
    public IReadOnlyList<string> WrapperOf(int node) => ["ip", "netns", "exec", NamespaceOf(node)];

    // What was never made can't be removed: a setup that failed halfway is cleaned up as well.
    public ValueTask DisposeAsync()
    {
        for (int node = 1; node <= _nodes; node++)
        {
            SystemCommand.RunAny($"ip netns del {NamespaceOf(node)}");
        }

        SystemCommand.RunAny($"ip link del {_name}");
        SystemCommand.RunAny($"ip netns del {Hub}");
        return ValueTask.CompletedTask;
    }

    private void Plug(string cable)
    {
        SystemCommand.Run($"ip -n {Hub} link set {cable} master hub");
        SystemCommand.Run($"ip -n {Hub} link set {cable} up");
    }

    private string NamespaceOf(int node) => string.Create(CultureInfo.InvariantCulture, $"{_name}n{node}");

    private string IpOf(int end) => string.Create(
        CultureInfo.InvariantCulture, $"{_subnet}.{(end == INetworkFaults.Clients ? 254 : end)}");

    private Uri UriOf(int node, int port) =>
        new(string.Create(CultureInfo.InvariantCulture, $"http://{IpOf(node)}:{port}"));
}
