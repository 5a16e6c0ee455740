using Harness.Drivers;
using KvProcesses.Workloads;

namespace Harness.Nemeses;

/// <summary>Sets the wall clocks of one node, the leader, a minority or all nodes forward or back.</summary>
internal sealed class ClockNemesis(IClusterDriver driver) : INemesis
{
    private const int SecondsMin = 10;
    private const int SecondsMax = 3600;

    // The time that a node tells is cut to seconds and up to one old; a jump takes up to another to be seen.
    private static readonly TimeSpan Seen = TimeSpan.FromSeconds(5);
    private IReadOnlyList<int> _victims = [];

    /// <inheritdoc/>
    public string Name => "clock";

    /// <inheritdoc/>
    public async Task<string> BeginAsync(SplitMix64 random)
    {
        _victims = await Victims.DrawAsync(driver, random, mayBeAll: true).ConfigureAwait(false);
        List<string> words = [];
        foreach (int node in _victims)
        {
            int ahead = random.Next(SecondsMin, SecondsMax) * (random.Next(0, 2) == 0 ? 1 : -1);
            driver.Clocks!.Jump(node, ahead);
            words.Add($"{node} by {ahead} s");
        }

        return $"clock {string.Join(", ", words)}";
    }

    /// <inheritdoc/>
    public async Task<bool> EndAsync()
    {
        bool hadEffect = false;
        foreach (int node in _victims)
        {
            hadEffect |= await driver.ClockAsync(node).ConfigureAwait(false) is { } time
                && (time - TimeProvider.System.GetUtcNow()).Duration() > Seen;
            driver.Clocks!.Jump(node, 0);
        }

        return hadEffect;
    }
}
