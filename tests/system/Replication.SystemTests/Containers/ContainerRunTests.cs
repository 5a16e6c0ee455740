namespace Replication.SystemTests.Containers;

/// <summary>Clusters of containers under faults: what jepsen/README promises a newcomer.</summary>
public sealed class ContainerRunTests
{
    [Fact]
    public async Task One_command_prepares_a_machine_and_short_runs_on_containers_and_processes_are_valid()
    {
        string jepsen = Path.Combine(Tool.RepositoryRoot, "jepsen");
        ToolResult prepared = await Tool.RunAsync(Path.Combine(jepsen, "docker", "prepare"), [], minutes: 10);
        prepared.AssertSuccess();
        string output = Directory.CreateTempSubdirectory("replication-containers").FullName;

        ToolResult result = await Tool.RunAsync(
            "dotnet",
            ["run", "-c", "Release", "--project", Path.Combine(jepsen, "harness"), "--", "campaign",
                Path.Combine(jepsen, "campaigns", "gate.json"), "--output", output],
            minutes: 6);

        result.AssertSuccess();
        Directory.Delete(output, recursive: true);
    }
}
