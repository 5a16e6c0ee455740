using Harness.Drivers;

namespace Harness.Proxies;

/// <summary>A proxy on each way from a node or the clients to a node: the network faults of processes on one
/// machine.</summary>
internal sealed class ProxyNetwork : INetworkFaults, IAsyncDisposable
{
    private readonly Link[,] _links;
    private readonly FaultProxy[,] _proxies;
    private readonly int[,] _ports;
    private readonly List<(int Port, FaultProxy Proxy)> _second = [];
    private readonly int _nodes;

    /// <summary>Opens the proxies.</summary>
    /// <param name="targets">The port of each node; node i is at place i - 1.</param>
    /// <param name="ports">Ports for the proxies: one for each end that dials each node.</param>
    public ProxyNetwork(IReadOnlyList<int> targets, IReadOnlyList<int> ports)
    {
        _nodes = targets.Count;
        _links = new Link[_nodes + 1, _nodes + 1];
        _proxies = new FaultProxy[_nodes + 1, _nodes + 1];
        _ports = new int[_nodes + 1, _nodes + 1];
        foreach ((int from, int to) in Ways(includeBack: true))
        {
            _links[from, to] = new Link();
        }

        int next = 0;
        foreach ((int from, int to) in Ways(includeBack: false))
        {
            _ports[from, to] = ports[next++];
            _proxies[from, to] = new FaultProxy(
                _ports[from, to], targets[to - 1], _links[from, to], _links[to, from]);
        }
    }

    /// <inheritdoc/>
    public long Held => Ways(includeBack: true).Sum(way => _links[way.From, way.To].Held);

    /// <summary>Gets how many ports so many nodes need.</summary>
    public static int PortsOf(int nodes) => nodes * nodes;

    /// <summary>Gets the port at which one end finds a node.</summary>
    /// <param name="from">The end; <see cref="INetworkFaults.Clients"/> for clients.</param>
    /// <param name="to">The node.</param>
    public int PortOf(int from, int to) => _ports[from, to];

    /// <summary>Opens a second proxy from clients to each node, with the faults of the first.</summary>
    /// <param name="targets">The second port of each node; none for no such proxies.</param>
    /// <param name="ports">Ports for the proxies.</param>
    public void AddClientWays(IReadOnlyList<int> targets, IReadOnlyList<int> ports)
    {
        for (int i = 0; i < targets.Count; i++)
        {
            _second.Add((ports[i], new FaultProxy(
                ports[i], targets[i], _links[INetworkFaults.Clients, i + 1], _links[i + 1, INetworkFaults.Clients])));
        }
    }

    /// <summary>Gets the port at which clients find the second port of a node.</summary>
    public int SecondPortOf(int node) => _second[node - 1].Port;

    /// <inheritdoc/>
    public void Cut(int from, int to) => _links[from, to].Cut();

    /// <inheritdoc/>
    public void Heal(int from, int to) => _links[from, to].Heal();

    /// <inheritdoc/>
    public void Delay(int from, int to, TimeSpan delay) => _links[from, to].Delay = delay;

    /// <inheritdoc/>
    public int Break(int from, int to) => _proxies[from, to].Break()
        + (from == INetworkFaults.Clients && _second.Count > 0 ? _second[to - 1].Proxy.Break() : 0);

    /// <inheritdoc/>
    public void Lose(int from, int to, int percent) =>
        throw new InvalidOperationException("The driver processes loses no packets: a proxy has streams.");

    /// <inheritdoc/>
    public void Unplug(int node) => throw new InvalidOperationException("The driver processes has no cables.");

    /// <inheritdoc/>
    public void Plug(int node) => throw new InvalidOperationException("The driver processes has no cables.");

    public async ValueTask DisposeAsync()
    {
        foreach ((int from, int to) in Ways(includeBack: true))
        {
            while (_links[from, to].IsCut)
            {
                _links[from, to].Heal();
            }
        }

        foreach ((int from, int to) in Ways(includeBack: false))
        {
            await _proxies[from, to].DisposeAsync().ConfigureAwait(false);
        }

        foreach ((_, FaultProxy proxy) in _second)
        {
            await proxy.DisposeAsync().ConfigureAwait(false);
        }
    }

    // Nobody dials the clients, but nodes answer them.
    private IEnumerable<(int From, int To)> Ways(bool includeBack)
    {
        for (int from = 0; from <= _nodes; from++)
        {
            for (int to = includeBack ? 0 : 1; to <= _nodes; to++)
            {
                if (from != to)
                {
                    yield return (from, to);
                }
            }
        }
    }
}
