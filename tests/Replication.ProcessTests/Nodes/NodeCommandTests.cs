using System.Net;
using System.Net.Sockets;
using KvProcesses.Processes;
using Replication.ProcessTests.Support;

namespace Replication.ProcessTests.Nodes;

public sealed class NodeCommandTests : IDisposable
{
    private const string Cluster = "5f0e7f9e-8a52-4d0c-9a55-0c1f7d7b5a01";
    private const string OtherCluster = "5f0e7f9e-8a52-4d0c-9a55-0c1f7d7b5a02";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly TemporaryDirectory _directory = new("replication-command-test");

    private string Data => Path.Combine(_directory.Path, "data");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_directory_that_was_never_initialized_is_refused_and_left_alone()
    {
        ProgramResult missing =
            await RunAsync("run", "--node-id", "1", "--cluster-id", Cluster, "--data-directory", Data);
        AssertRefused(3, "never initialized", missing);
        Assert.False(Directory.Exists(Data));

        Directory.CreateDirectory(Data);
        ProgramResult empty =
            await RunAsync("run", "--node-id", "1", "--cluster-id", Cluster, "--data-directory", Data);
        AssertRefused(3, "never initialized", empty);
    }

    [Fact]
    public async Task A_directory_is_initialized_once()
    {
        Assert.Equal(0, (await InitAsync()).ExitCode);

        ProgramResult again = await InitAsync();

        AssertRefused(3, "", again);
    }

    [Fact]
    public async Task A_directory_of_another_node_or_cluster_is_refused()
    {
        await InitAsync();

        ProgramResult otherNode =
            await RunAsync("run", "--node-id", "2", "--cluster-id", Cluster, "--data-directory", Data);
        ProgramResult otherCluster =
            await RunAsync("run", "--node-id", "1", "--cluster-id", OtherCluster, "--data-directory", Data);

        AssertRefused(3, "2", otherNode);
        AssertRefused(3, OtherCluster, otherCluster);
    }

    [Fact]
    public async Task A_directory_in_use_is_refused_and_its_user_goes_on()
    {
        await using TestCluster cluster = await TestCluster.StartAsync();
        int follower = await cluster.FollowerAsync();

        ProgramResult second = await RunAsync(
            "run", "--node-id", $"{follower}", "--cluster-id", $"{cluster.Nodes.ClusterId}",
            "--data-directory", cluster.Nodes.DataDirectory(follower), "--listen", "127.0.0.1:0");

        AssertRefused(3, "", second);
        await cluster.PutAsync("key", "value");
        await cluster.CatchUpAsync(follower);
    }

    [Fact]
    public async Task A_taken_port_is_refused_with_the_address()
    {
        await InitAsync();
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();

        ProgramResult result = await RunAsync(
            "run", "--node-id", "1", "--cluster-id", Cluster, "--data-directory", Data, "--listen",
                $"{listener.LocalEndpoint}");

        AssertRefused(5, $"{listener.LocalEndpoint}", result);
    }

    [Theory]
    [InlineData("--heartbeat-interval", "1ms", "HeartbeatInterval")]
    [InlineData("--election-timeout-min", "70ms", "ElectionTimeoutMin")]
    [InlineData("--election-timeout-max", "300ms", "ElectionTimeoutMax")]
    [InlineData("--write-timeout", "50ms", "WriteTimeout")]
    [InlineData("--read-timeout", "11min", "ReadTimeout")]
    [InlineData("--pending-bytes-max", "1MiB", "PendingBytesMax")]
    [InlineData("--entry-cache-bytes-max", "1MiB", "EntryCacheBytesMax")]
    [InlineData("--checkpoint-log-bytes", "1KiB", "CheckpointLogBytes")]
    [InlineData("--log-bytes-max", "1MiB", "LogBytesMax")]
    [InlineData("--disk-reserve-bytes", "1MiB", "DiskReserveBytes")]
    [InlineData("--session-timeout", "10ms", "SessionTimeout")]
    [InlineData("--key-bytes-max", "65537", "KeyBytesMax")]
    [InlineData("--value-bytes-max", "3MiB", "ValueBytesMax")]
    [InlineData("--value-cache-bytes-max", "1MiB", "ValueCacheBytesMax")]
    [InlineData("--keep-alive-interval", "10ms", "KeepAliveInterval")]
    [InlineData("--listen", "0.0.0.0:0", "Listen")]
    [InlineData("--peer", "9=http://127.0.0.1:1", "9")]
    public async Task An_option_out_of_bounds_is_refused_by_name(string option, string value, string name)
    {
        await InitAsync();

        ProgramResult result = await RunAsync(
            "run", "--node-id", "1", "--cluster-id", Cluster, "--data-directory", Data, "--listen", "127.0.0.1:0",
                option, value);

        AssertRefused(2, name, result);
    }

    [Theory]
    [InlineData("--node-id")]
    [InlineData("--cluster-id")]
    [InlineData("--data-directory")]
    public async Task A_missing_setting_is_named(string option)
    {
        List<string> arguments = ["run", "--node-id", "1", "--cluster-id", Cluster, "--data-directory", Data];
        arguments.RemoveRange(arguments.IndexOf(option), 2);

        AssertRefused(2, $"{option} is missing", await RunAsync([.. arguments]));
    }

    [Fact]
    public async Task Init_without_this_node_among_the_members_is_refused()
    {
        ProgramResult result = await RunAsync(
            "init", "--node-id", "1", "--cluster-id", Cluster, "--data-directory", Data, "--member",
                "2=http://127.0.0.1:7002");

        AssertRefused(2, "--member has no entry for node 1", result);
        Assert.False(Directory.Exists(Data));
    }

    [Fact]
    public async Task A_node_ends_when_its_standard_input_closes()
    {
        await InitAsync();
        using System.Diagnostics.Process process = System.Diagnostics.Process.Start(KvNodeProgram.Prepare(
            ["run", "--node-id", "1", "--cluster-id", Cluster, "--data-directory", Data, "--listen", "127.0.0.1:0",
                "--exit-with-input", "true"]))!;
        string? ready = await process.StandardOutput.ReadLineAsync().WaitAsync(Limit);
        Assert.StartsWith(
            "{\"event\":\"ready\",\"node\":1,\"address\":\"http://127.0.0.1:", ready, StringComparison.Ordinal);

        process.StandardInput.Close();

        using CancellationTokenSource limit = new(Limit);
        await process.WaitForExitAsync(limit.Token);
        Assert.NotEqual(0, process.ExitCode);
    }

    private Task<ProgramResult> InitAsync() => RunAsync(
        "init", "--node-id", "1", "--cluster-id", Cluster, "--data-directory", Data,
        "--member", "1=http://127.0.0.1:7001", "--member", "2=http://127.0.0.1:7002", "--member",
            "3=http://127.0.0.1:7003");

    private static Task<ProgramResult> RunAsync(params string[] arguments) => KvNodeProgram.RunAsync(arguments, Limit);

    private static void AssertRefused(int code, string words, ProgramResult result)
    {
        Assert.True(result.ExitCode == code, $"Exit code {result.ExitCode}, not {code}: {result.Error}");
        string line = Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), l =>
            l.StartsWith("kvnode: ", StringComparison.Ordinal));
        Assert.Contains(words, line, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.Equal("", result.Output);
    }
}
