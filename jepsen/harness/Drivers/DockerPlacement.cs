using System.Globalization;

namespace Harness.Drivers;

/// <summary>A container for each node, on a network of their own. A node has two: one that only holds its network, as
/// the sandbox of a pod does, so that address and faults outlive a kill; and one for each run of the program in
/// it.</summary>
/// <remarks>Nodes see the processes of the machine (<c>--pid host</c>), so that a signal reaches them without a way
/// through the engine. Needs root and the Docker engine; <c>jepsen/docker/prepare</c> brings both together.</remarks>
internal sealed class DockerPlacement : INodePlacement
{
    private const int Port = 7000;
    private const int HttpPort = 7080;
    private const string Image = "replication-jepsen-node";
    private readonly ClusterSpec _spec;
    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"rj{Environment.ProcessId}");
    private readonly string _subnet = string.Create(
        CultureInfo.InvariantCulture, $"10.{120 + (Environment.ProcessId / 250 % 60)}.{Environment.ProcessId % 250}");
    private readonly int[] _sandboxes;
    private readonly NamespaceNetwork _network;
    private string _image = Image;

    /// <summary>Creates a placement; nothing is made yet.</summary>
    /// <param name="spec">What is asked for.</param>
    public DockerPlacement(ClusterSpec spec)
    {
        _spec = spec;
        _sandboxes = new int[spec.Nodes + 1];
        _network = new NamespaceNetwork("docker",
            node => string.Create(CultureInfo.InvariantCulture, $"nsenter -t {_sandboxes[node]} -n"), IpOf,
            new NodeCables(node => Docker($"network disconnect {_name} {SandboxOf(node)}"),
                node => Docker($"network connect --ip {IpOf(node)} {_name} {SandboxOf(node)}")));
    }

    /// <inheritdoc/>
    public INetworkFaults Network => _network;

    /// <inheritdoc/>
    public IReadOnlyList<string> Options => ["--allow-plaintext-beyond-loopback", "true"];

    private static string BaseImage =>
        Environment.GetEnvironmentVariable("REPLICATION_BASE_IMAGE") ?? "replication-jepsen-base";

    private static string DockerfileDirectory => Path.Combine(AppContext.BaseDirectory, "docker");

    private string Programs => Path.GetDirectoryName(_spec.Program.Assembly)!;

    /// <inheritdoc/>
    public Task SetUpAsync()
    {
        // By its id: another harness, elsewhere on this machine, may give the name to an image of its own.
        _image = Docker($"build -q -t {Image} -f {Path.Combine(DockerfileDirectory, "Dockerfile")}"
            + $" --build-arg BASE_IMAGE={BaseImage} --build-arg PROGRAMS={Programs} {Programs}");
        Docker($"network create --subnet {_subnet}.0/24 --gateway {IpOf(INetworkFaults.Clients)} {_name}");
        for (int node = 1; node <= _spec.Nodes; node++)
        {
            Docker($"run -d --name {SandboxOf(node)} --label {_name} --network {_name} --ip {IpOf(node)}"
                + $" --entrypoint sleep {_image} infinity");
            _sandboxes[node] = int.Parse(
                Docker($"inspect -f {{{{.State.Pid}}}} {SandboxOf(node)}"), CultureInfo.InvariantCulture);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Uri ListenOf(int node) => UriOf(node, Port);

    /// <inheritdoc/>
    public Uri HttpListenOf(int node) => UriOf(node, HttpPort);

    /// <inheritdoc/>
    public Uri AddressOf(int node) => UriOf(node, Port);

    /// <inheritdoc/>
    public Uri HttpAddressOf(int node) => UriOf(node, HttpPort);

    /// <inheritdoc/>
    public Uri PeerAddressOf(int from, int to) => UriOf(to, Port);

    /// <inheritdoc/>
    public IReadOnlyList<string> WrapperOf(int node) =>
    [
        "docker", "run", "-i", "--rm", "--label", _name, "--network", $"container:{SandboxOf(node)}", "--pid", "host",
        "-v", $"{_spec.Directory}:{_spec.Directory}{(_spec.HasOwnDisks ? ":rslave" : "")}", _image,
    ];

    // What was never made can't be removed: a setup that failed halfway is cleaned up as well.
    public ValueTask DisposeAsync()
    {
        string[] left = SystemCommand.RunAny($"docker ps -aq --filter label={_name}").Output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (left.Length > 0)
        {
            SystemCommand.RunAny($"docker rm -f {string.Join(' ', left)}");
        }

        SystemCommand.RunAny($"docker network rm {_name}");
        return ValueTask.CompletedTask;
    }

    private string SandboxOf(int node) => $"{_name}-node{node}";

    private string IpOf(int end) => string.Create(CultureInfo.InvariantCulture, $"{_subnet}.{end + 1}");

    private Uri UriOf(int node, int port) =>
        new(string.Create(CultureInfo.InvariantCulture, $"http://{IpOf(node)}:{port}"));

    private static string Docker(string line)
    {
        (int code, string output, string error) = SystemCommand.RunAny($"docker {line}");
        return code == 0 ? output.Trim() : throw new InvalidOperationException(
            $"`docker {line}` ended with code {code}: {error.Trim()} (jepsen/docker/prepare makes a machine ready)");
    }
}
