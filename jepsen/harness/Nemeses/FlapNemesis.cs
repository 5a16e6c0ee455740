using Harness.Drivers;
using KvProcesses.Workloads;

namespace Harness.Nemeses;

/// <summary>A partition that comes and goes several times a second.</summary>
internal sealed class FlapNemesis(IClusterDriver driver) : INemesis
{
    private const int MillisecondsMin = 150;
    private const int MillisecondsMax = 700;
    private Grudge? _grudge;
    private Pulse? _pulse;
    private bool _isCut;
    private long _heldBefore;

    /// <inheritdoc/>
    public string Name => "flap";

    /// <inheritdoc/>
    public async Task<string> BeginAsync(SplitMix64 random)
    {
        int leader = await ClusterView.LeaderAsync(driver).ConfigureAwait(false);
        Grudge grudge = Grudge.Draw(driver.Nodes, leader, random);
        _grudge = grudge;
        SplitMix64 own = new(random.Next());
        _heldBefore = driver.Network.Held;
        _pulse = new Pulse(() =>
        {
            Turn(grudge);
            return TimeSpan.FromMilliseconds(own.Next(MillisecondsMin, MillisecondsMax));
        });
        return $"flap {grudge.Kind}";
    }

    /// <inheritdoc/>
    public async Task<bool> EndAsync()
    {
        try
        {
            await (_pulse?.EndAsync() ?? Task.CompletedTask).ConfigureAwait(false);
        }
        finally
        {
            if (_isCut)
            {
                Turn(_grudge!);
            }
        }

        return driver.Network.Held > _heldBefore;
    }

    private void Turn(Grudge grudge)
    {
        if (_isCut)
        {
            grudge.End(driver.Network);
        }
        else
        {
            grudge.Begin(driver.Network);
        }

        _isCut = !_isCut;
    }
}
