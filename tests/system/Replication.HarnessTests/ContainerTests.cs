using System.Diagnostics;
using Harness.Campaigns;

namespace Replication.HarnessTests;

/// <summary>Short runs on containers, on a machine that was made ready by the one command that the README
/// names.</summary>
[Collection("Clusters")]
public sealed class ContainerTests : IClassFixture<ContainerTests.PreparedMachine>
{
    private static readonly IReadOnlyList<PlannedRun> Plan = ShortRun.PlanOf("containers.json");

    public static TheoryData<int, string> Runs() => ShortRun.NamesOf(Plan);

    [Theory]
    [MemberData(nameof(Runs))]
    public Task A_run_on_containers_ends_with_the_verdict_that_it_must_have(int number, string what) =>
        ShortRun.AssertVerdictAsync(Plan[number], what);

    /// <summary>Runs <c>jepsen/docker/prepare</c>.</summary>
    public sealed class PreparedMachine : IAsyncLifetime
    {
        public async Task InitializeAsync()
        {
            // Its output is not read: what it starts would hold the pipe open.
            using Process process = Process.Start(Path.Combine(AppContext.BaseDirectory, "docker", "prepare"))!;
            using CancellationTokenSource limit = new(TimeSpan.FromMinutes(10));
            await process.WaitForExitAsync(limit.Token);
            Assert.Equal(0, process.ExitCode);
        }

        public Task DisposeAsync() => Task.CompletedTask;
    }
}
