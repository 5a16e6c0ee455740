using Harness.Runs;
using KvProcesses.Processes;
using Replication.Testing.Checkers;

namespace Replication.ProcessTests.Harness;

public sealed class ProcessRunTests
{
    [Fact]
    public async Task A_short_run_on_processes_is_judged_right_and_leaves_history_logs_and_result()
    {
        using TemporaryDirectory directory = new("replication-run");
        TestOptions options = TestOptions.Parse(
            "--nodes 3 --workload register --nemesis none --time 5 --seed 1 --ok-minimum 50".Split(' '));
        TestResult result = await new TestRun(options, directory.Path, _ => { }).RunAsync();
        result.Write(Path.Combine(directory.Path, "result.json"));

        Assert.Equal(Validity.Valid, result.Verdicts[0].Verdict.Validity);
        Assert.NotEqual(1, result.ExitCode);
        Assert.All(
            (string[])["history.jsonl", "result.json", "node1.log", "node2.log", "node3.log"],
            name => Assert.True(new FileInfo(Path.Combine(directory.Path, name)).Length > 0, name));
    }
}
