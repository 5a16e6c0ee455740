using Harness.Drivers;
using KvProcesses.Workloads;

namespace Harness.Nemeses;

/// <summary>Delays everything that one node, the leader, a minority or all nodes send to other nodes and
/// receive.</summary>
internal sealed class SlowNemesis(IClusterDriver driver) : INemesis
{
    private const int MillisecondsMin = 20;
    private const int MillisecondsMax = 400;
    private readonly List<(int From, int To)> _slowed = [];
    private long _heldBefore;

    /// <inheritdoc/>
    public string Name => "slow";

    /// <inheritdoc/>
    public async Task<string> BeginAsync(SplitMix64 random)
    {
        IReadOnlyList<int> victims = await Victims.DrawAsync(driver, random, mayBeAll: true).ConfigureAwait(false);
        TimeSpan delay = TimeSpan.FromMilliseconds(random.Next(MillisecondsMin, MillisecondsMax));
        _heldBefore = driver.Network.Held;
        _slowed.AddRange(Victims.WaysOf(driver, victims));
        _slowed.ForEach(way => driver.Network.Delay(way.From, way.To, delay));
        return $"slow by {delay.TotalMilliseconds} ms {string.Join(' ', victims)}";
    }

    /// <inheritdoc/>
    public Task<bool> EndAsync()
    {
        _slowed.ForEach(way => driver.Network.Delay(way.From, way.To, TimeSpan.Zero));
        _slowed.Clear();
        return Task.FromResult(driver.Network.Held > _heldBefore);
    }
}
