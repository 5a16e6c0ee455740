using System.Collections;
using KvNode;
using KvNode.Settings;
using KvProcesses.Processes;

namespace Replication.ProcessTests.Nodes;

public sealed class SettingTests
{
    [Theory]
    [InlineData("--heartbeat-interval", "fast", "a duration such as")]
    [InlineData("--heartbeat-interval", "50", "a duration such as")]
    [InlineData("--node-id", "0", "a node id from 1 on")]
    [InlineData("--node-id", "-1", "a node id from 1 on")]
    [InlineData("--cluster-id", "00000000-0000-0000-0000-000000000000", "a UUID other than zero")]
    [InlineData("--log-bytes-max", "8TiB", "a size such as")]
    [InlineData("--key-bytes-max", "3GiB", "at most 2147483647 bytes")]
    [InlineData("--forward-writes", "yes", "true or false")]
    [InlineData("--compaction-dead-ratio", "half", "a number such as 0.5")]
    [InlineData("--listen", "localhost:7001", "IP:PORT is expected")]
    [InlineData("--listen", "127.0.0.1", "IP:PORT is expected")]
    [InlineData("--peer", "2=127.0.0.1:7001", "an address such as")]
    [InlineData("--peer", "http://127.0.0.1:7001", "ID=ADDRESS is expected")]
    [InlineData("--member", "x=http://127.0.0.1:7001", "a node id from 1 on")]
    [InlineData("--member", "1=http://127.0.0.1:7001,high", "a whole number")]
    [InlineData("--log-level", "Loud", "one of Trace")]
    public void A_bad_value_is_refused_with_the_option_the_value_and_what_was_expected(
        string option, string value, string expected)
    {
        NodeException error = Assert.Throws<NodeException>(() => Read(option, value));

        Assert.Equal(ExitCode.BadSetting, error.Code);
        Assert.Contains($"{option} is \"{value}\"", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_option_or_one_without_a_value_is_refused()
    {
        Assert.Equal("--nonsense is not an option; see --help.",
            Assert.Throws<NodeException>(() => Read("--nonsense", "1")).Message);
        Assert.Equal(
            "--node-id needs a value; see --help.", Assert.Throws<NodeException>(() => Read("--node-id")).Message);
    }

    [Fact]
    public void An_unknown_name_in_environment_or_file_is_refused()
    {
        using TemporaryDirectory directory = new("replication-settings");
        string file = Path.Combine(directory.Path, "node.json");
        File.WriteAllText(file, """{ "Replication": { "HartbeatInterval": "50ms" } }""");

        NodeException inFile = Assert.Throws<NodeException>(() => Read("--config", file));
        NodeException inEnvironment = Assert.Throws<NodeException>(
            () => SettingSources.Read(
                [], new Hashtable { ["REPLICATION__HARTBEATINTERVAL"] = "50ms" }, directory.Path));

        Assert.Contains("Replication:HartbeatInterval is not a setting", inFile.Message, StringComparison.Ordinal);
        Assert.Contains(
            "REPLICATION__HARTBEATINTERVAL is not a setting", inEnvironment.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_line_wins_over_the_environment_which_wins_over_files()
    {
        using TemporaryDirectory directory = new("replication-settings");
        File.WriteAllText(
            Path.Combine(directory.Path, "kvnode.json"),
            """
            { "Replication": {
                "HeartbeatInterval": "10ms", "ElectionTimeoutMin": "100ms", "WriteTimeout": "1s",
                "Peer": { "2": "http://127.0.0.1:2" } } }
            """);
        string file = Path.Combine(directory.Path, "other.json");
        File.WriteAllText(
            file,
            """
            { "Replication": { "HeartbeatInterval": "20ms", "ElectionTimeoutMin": "200ms", "ReadTimeout": "2s" } }
            """);
        Hashtable environment = new()
        {
            ["REPLICATION__HEARTBEATINTERVAL"] = "30ms",
            ["REPLICATION__PEER__3"] = "http://127.0.0.1:3",
            ["PATH"] = "ignored",
        };

        NodeSettings settings =
            SettingSources.Read(["--config", file, "--heartbeat-interval", "40ms"], environment, directory.Path);

        Assert.Equal(TimeSpan.FromMilliseconds(40), settings.Host.HeartbeatInterval);
        Assert.Equal(TimeSpan.FromMilliseconds(200), settings.Host.ElectionTimeoutMin);
        Assert.Equal(TimeSpan.FromSeconds(1), settings.Host.WriteTimeout);
        Assert.Equal(TimeSpan.FromSeconds(2), settings.Host.ReadTimeout);
        Assert.Equal("http://127.0.0.1:2/", settings.Network.PeerAddresses[new(2)].AbsoluteUri);
        Assert.Equal("http://127.0.0.1:3/", settings.Network.PeerAddresses[new(3)].AbsoluteUri);
    }

    [Theory]
    [InlineData("50ms", 50)]
    [InlineData("1.5s", 1500)]
    [InlineData("2min", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("00:00:00.300", 300)]
    public void Durations_have_units(string text, double milliseconds) =>
        Assert.Equal(milliseconds, SettingText.Duration(text).TotalMilliseconds);

    [Theory]
    [InlineData("4096", 4096)]
    [InlineData("12B", 12)]
    [InlineData("64KiB", 65_536)]
    [InlineData("3MiB", 3 << 20)]
    [InlineData("8GiB", 8L << 30)]
    public void Sizes_have_units(string text, long bytes) => Assert.Equal(bytes, SettingText.Size(text));

    [Fact]
    public void Every_option_of_the_library_can_be_set()
    {
        HashSet<string> known = SettingTable.All.Select(s => s.Name).ToHashSet();
        IEnumerable<string> options = new[]
            {
                typeof(Hosting.ReplicaHostOptions), typeof(Kv.KeyValueLimits),
                    typeof(Storage.Engine.KeyValueEngineOptions), typeof(Grpc.GrpcTransportOptions),
            }
            .SelectMany(t => t.GetProperties())
            .Select(p => p.Name)
            .Except(["KeyValue", "Engine", "PeerAddresses", "AdvertisedAddresses", "Authorities"]);

        Assert.All(options, o => Assert.Contains(o, known));
    }

    [Fact]
    public void The_help_text_names_every_setting_and_every_exit_code()
    {
        using StringWriter output = new();
        HelpText.Write(output);

        Assert.All(
            SettingTable.All, s => Assert.Contains($"  {s.Option} ", output.ToString(), StringComparison.Ordinal));
        Assert.All(Enum.GetValues<ExitCode>(), c => Assert
            .Contains($"\n  {(int)c}  ", output.ToString(), StringComparison.Ordinal));
    }

    private static NodeSettings Read(params string[] arguments) =>
        SettingSources.Read(arguments, new Hashtable(), AppContext.BaseDirectory);
}
