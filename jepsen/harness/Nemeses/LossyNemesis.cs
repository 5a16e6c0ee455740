using System.Globalization;
using Harness.Drivers;
using KvProcesses.Workloads;

namespace Harness.Nemeses;

/// <summary>Loses some of the packets that one node, the leader, a minority or all nodes exchange with
/// others.</summary>
internal sealed class LossyNemesis(IClusterDriver driver) : INemesis
{
    private const int PercentMin = 5;
    private const int PercentMax = 40;
    private IReadOnlyList<(int From, int To)> _lossy = [];
    private long _heldBefore;

    /// <inheritdoc/>
    public string Name => "lossy";

    /// <inheritdoc/>
    public async Task<string> BeginAsync(SplitMix64 random)
    {
        IReadOnlyList<int> victims = await Victims.DrawAsync(driver, random, mayBeAll: true).ConfigureAwait(false);
        int percent = random.Next(PercentMin, PercentMax);
        _heldBefore = driver.Network.Held;
        _lossy = Victims.WaysOf(driver, victims);
        foreach ((int from, int to) in _lossy)
        {
            driver.Network.Lose(from, to, percent);
        }

        return string.Create(CultureInfo.InvariantCulture, $"lossy by {percent} % {string.Join(' ', victims)}");
    }

    /// <inheritdoc/>
    public Task<bool> EndAsync()
    {
        foreach ((int from, int to) in _lossy)
        {
            driver.Network.Lose(from, to, 0);
        }

        return Task.FromResult(driver.Network.Held > _heldBefore);
    }
}
