using Harness.Drivers;
using KvProcesses.Workloads;

namespace Harness.Nemeses;

/// <summary>Resets connections between nodes, and of clients, at random several times a second: what is under way on
/// them is lost.</summary>
internal sealed class ResetNemesis(IClusterDriver driver) : INemesis
{
    private const int MillisecondsMin = 50;
    private const int MillisecondsMax = 400;
    private Pulse? _pulse;
    private int _broken;

    /// <inheritdoc/>
    public string Name => "reset";

    /// <inheritdoc/>
    public Task<string> BeginAsync(SplitMix64 random)
    {
        SplitMix64 own = new(random.Next());
        _broken = 0;
        _pulse = new Pulse(() =>
        {
            int to = driver.Nodes[own.Next(0, driver.Nodes.Count)];
            int from = own.Next(0, driver.Nodes.Count);
            _broken += driver.Network.Break(from < to ? from : from + 1, to);
            return TimeSpan.FromMilliseconds(own.Next(MillisecondsMin, MillisecondsMax));
        });
        return Task.FromResult("reset of connections");
    }

    /// <inheritdoc/>
    public async Task<bool> EndAsync()
    {
        await _pulse!.EndAsync().ConfigureAwait(false);
        return _broken > 0;
    }
}
