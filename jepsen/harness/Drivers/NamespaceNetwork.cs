using System.Globalization;

namespace Harness.Drivers;

/// <summary>Faults by iptables in the network namespaces of nodes: a cut drops what arrives from an address.</summary>
/// <param name="driver">The name of the driver, for what is said to its user.</param>
/// <param name="entering">The command that runs another one in a node's namespace.</param>
/// <param name="ipOf">The address of an end.</param>
/// <param name="cables">The cables of nodes.</param>
internal sealed class NamespaceNetwork(
    string driver, Func<int, string> entering, Func<int, string> ipOf, NodeCables cables) : INetworkFaults
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<(int From, int To), int> _cuts = [];
    private readonly SortedDictionary<(int From, int To), string> _losses = [];
    private long _heldByHealed;

    /// <inheritdoc/>
    public long Held
    {
        get
        {
            lock (_gate)
            {
                return _heldByHealed + _cuts.Keys.Sum(way => DroppedAt(way.From, way.To, isLoss: false))
                    + _losses.Keys.Sum(way => DroppedAt(way.From, way.To, isLoss: true));
            }
        }
    }

    /// <inheritdoc/>
    public void Cut(int from, int to)
    {
        lock (_gate)
        {
            if (!_cuts.TryGetValue((from, to), out int count))
            {
                SystemCommand.Run(Rule("-A", from, to));
            }

            _cuts[(from, to)] = count + 1;
        }
    }

    /// <inheritdoc/>
    public void Heal(int from, int to)
    {
        lock (_gate)
        {
            if (!_cuts.TryGetValue((from, to), out int count))
            {
                return;
            }

            if (count > 1)
            {
                _cuts[(from, to)] = count - 1;
                return;
            }

            _heldByHealed += DroppedAt(from, to, isLoss: false);
            _cuts.Remove((from, to));
            SystemCommand.Run(Rule("-D", from, to));
        }
    }

    /// <inheritdoc/>
    public void Delay(int from, int to, TimeSpan delay) =>
        throw new InvalidOperationException($"The driver {driver} has no delays: this needs netem.");

    /// <inheritdoc/>
    public void Lose(int from, int to, int percent)
    {
        lock (_gate)
        {
            if (_losses.Remove((from, to), out string? former))
            {
                _heldByHealed += DroppedAt(from, to, isLoss: true);
                SystemCommand.Run(Rule("-D", from, to, former));
            }

            if (percent > 0)
            {
                _losses[(from, to)] = string.Create(CultureInfo.InvariantCulture,
                    $" -m statistic --mode random --probability {percent / 100.0}");
                SystemCommand.Run(Rule("-A", from, to, _losses[(from, to)]));
            }
        }
    }

    /// <inheritdoc/>
    public int Break(int from, int to) =>
        throw new InvalidOperationException($"The driver {driver} doesn't reset connections.");

    /// <inheritdoc/>
    public void Unplug(int node) => cables.Unplug(node);

    /// <inheritdoc/>
    public void Plug(int node) => cables.Plug(node);

    // Answers to clients leave the node's namespace; everything else is dropped where it arrives.
    private string Rule(string action, int from, int to, string match = "") => to == INetworkFaults.Clients
        ? $"{entering(from)} iptables -w {action} OUTPUT -d {ipOf(to)}{match} -j DROP"
        : $"{entering(to)} iptables -w {action} INPUT -s {ipOf(from)}{match} -j DROP";

    private long DroppedAt(int from, int to, bool isLoss)
    {
        bool isOutput = to == INetworkFaults.Clients;
        string rules = SystemCommand.Run(
            $"{entering(isOutput ? from : to)} iptables -w -nvxL {(isOutput ? "OUTPUT" : "INPUT")}");
        string address = ipOf(isOutput ? to : from);
        return rules.Split('\n').Where(line => line.Contains("statistic", StringComparison.Ordinal) == isLoss)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length > 8 && words[2] == "DROP" && words[isOutput ? 8 : 7] == address)
            .Sum(words => long.Parse(words[0], CultureInfo.InvariantCulture));
    }
}
