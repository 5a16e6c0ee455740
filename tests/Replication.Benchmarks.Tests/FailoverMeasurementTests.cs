using Microsoft.Extensions.Time.Testing;
using Replication.Load.Measuring;
using Replication.Load.Systems;

namespace Replication.Benchmarks.Tests;

/// <summary>What counts as the end of an outage, with time that passes only where the test says so.</summary>
public class FailoverMeasurementTests
{
    [Fact]
    public async Task An_outage_is_counted_from_the_signal_to_a_put_that_began_when_the_victim_was_gone()
    {
        ScriptedSystem system = new() { RefusedAfterKill = 3 };

        Task<double> running = new FailoverMeasurement(system, system.Time).RunAsync();

        // The victim may still answer what begins now.
        Assert.Equal(["put", "signal"], system.Events);
        system.EndVictim();
        double milliseconds = await running;

        Assert.Equal(
            ["put", "signal", "gone", "put", "put", "put", "put", "restored"], system.Events);
        Assert.Equal(2000 + (4 * 100), milliseconds);
    }

    /// <summary>Two seconds from the signal to the end of the process, 100 ms per put.</summary>
    private sealed class ScriptedSystem : ILoadedSystem
    {
        private readonly TaskCompletionSource _gone = new();
        private int _putsAfterKill;

        public FakeTimeProvider Time { get; } = new();

        public List<string> Events { get; } = [];

        public int RefusedAfterKill { get; init; }

        public string Name => "scripted";

        public string Description => "";

        public Task StartAsync(string directory) => Task.CompletedTask;

        public Task<bool> PutAsync(
            ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
        {
            bool isGone = Events.Contains("gone");
            Events.Add("put");
            Time.Advance(TimeSpan.FromMilliseconds(100));
            return Task.FromResult(!isGone || ++_putsAfterKill > RefusedAfterKill);
        }

        public TimeSpan ServerTime() => TimeSpan.Zero;

        public Task<Func<Task>> PrepareKillAsync() => Task.FromResult<Func<Task>>(KillAsync);

        public Task RestoreAsync()
        {
            Events.Add("restored");
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        public void EndVictim()
        {
            Time.Advance(TimeSpan.FromSeconds(2));
            Events.Add("gone");
            _gone.SetResult();
        }

        private Task KillAsync()
        {
            Events.Add("signal");
            return _gone.Task;
        }
    }
}
