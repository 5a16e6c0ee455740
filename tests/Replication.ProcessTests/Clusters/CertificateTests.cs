using System.Security.Cryptography.X509Certificates;
using KvProcesses.Processes;
using Replication.Errors;
using Replication.Grpc;
using Replication.Kv;
using Replication.Primitives;
using Replication.ProcessTests.Support;

namespace Replication.ProcessTests.Clusters;

public sealed class CertificateTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly TemporaryDirectory _directory = new("replication-tls-test");
    private readonly TestCertificates _authority;
    private readonly TestCertificates _foreign;

    public CertificateTests()
    {
        _authority = new TestCertificates(_directory.Path, "authority");
        _foreign = new TestCertificates(_directory.Path, "foreign");
    }

    public void Dispose()
    {
        _authority.Dispose();
        _foreign.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Nodes_with_certificates_serve_clients_with_certificates_and_nobody_else()
    {
        await using NodeCluster nodes = await InitializeAsync();
        foreach (int id in nodes.NodeIds)
        {
            await nodes.StartAsync(id, launch =>
                With(launch, [.. _authority.ForNode(nodes.ClusterId, id), "--require-client-certificate", "true"]));
        }

        using ReplicationClient good = NewClient(nodes, _authority.Authority, _authority.ForClient());
        await PutAsync(good, Limit);

        await AssertKeptOutAsync(NewClient(nodes, _authority.Authority, null));
        await AssertKeptOutAsync(NewClient(nodes, _authority.Authority, _foreign.ForClient()));
        await AssertKeptOutAsync(NewClient(nodes, _authority.Authority, _authority.ForClient(isExpired: true)));
        await AssertKeptOutAsync(NewClient(nodes, _foreign.Authority, _authority.ForClient()));
        await PutAsync(good, Limit);
    }

    [Fact]
    public async Task A_node_with_a_certificate_of_a_foreign_authority_is_kept_out_and_the_others_go_on()
    {
        await using NodeCluster nodes = await InitializeAsync();
        foreach (int id in new[] { 1, 2 })
        {
            await nodes.StartAsync(id, launch => With(launch, _authority.ForNode(nodes.ClusterId, id)));
        }

        NodeProcess outsider = await nodes.StartAsync(
            3, launch => With(launch, [.. _foreign.ForNode(nodes.ClusterId, 3), "--log-level", "Debug"]));

        using ReplicationClient client = NewClient(nodes, _authority.Authority, null);
        await PutAsync(client, Limit);
        await TestCluster.EventuallyAsync("the outsider says why nobody talks to it", () => Task.FromResult(
            outsider.Log.Recent(200).Any(l => l.Contains("certificate of server", StringComparison.Ordinal) && l
                .Contains("is refused", StringComparison.Ordinal))));
        Assert.True(nodes.IsRunning(3));
    }

    [Fact]
    public async Task A_bad_certificate_ends_a_node_before_it_starts()
    {
        await using NodeCluster nodes = await InitializeAsync();
        string missing = Path.Combine(_directory.Path, "missing.pem");
        string garbage = Path.Combine(_directory.Path, "garbage.pem");
        await File.WriteAllTextAsync(garbage, "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n");
        IReadOnlyList<string> good = _authority.ForNode(nodes.ClusterId, 1);

        await AssertRefusedAsync(nodes, "expired", _authority.ForNode(nodes.ClusterId, 1, isExpired: true));
        await AssertRefusedAsync(nodes, $"node/1", _authority.ForNode(nodes.ClusterId, 2));
        await AssertRefusedAsync(nodes, $"{nodes.ClusterId}", _authority.ForNode(Guid.NewGuid(), 1));
        await AssertRefusedAsync(nodes, missing, ["--certificate", missing, .. good.Skip(2)]);
        await AssertRefusedAsync(nodes, garbage, ["--certificate", garbage, .. good.Skip(2)]);
        await AssertRefusedAsync(nodes, missing, [.. good.Take(5), missing]);
        await AssertRefusedAsync(nodes, "--certificate-key is missing", [.. good.Take(2), .. good.Skip(4)]);
        await AssertRefusedAsync(nodes, "--authority is missing", [.. good.Take(4)]);
        await AssertRefusedAsync(nodes, "--certificate is not", [.. good.Skip(4)]);
    }

    private static async Task AssertRefusedAsync(NodeCluster nodes, string words, IReadOnlyList<string> options)
    {
        ProgramResult result = await KvNodeProgram.RunAsync(
            ["run", "--node-id", "1", "--cluster-id", $"{nodes.ClusterId}", "--data-directory", nodes.DataDirectory(1),
                .. options], Limit);
        Assert.True(result.ExitCode == 4, $"Exit code {result.ExitCode}: {result.Error}");
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
    }

    private static async Task AssertKeptOutAsync(ReplicationClient client)
    {
        using (client)
        {
            RemoteKeyValueStore store = client.KeyValueStore("kv");
            try
            {
                KeyValueWriteResult result =
                    await store.PutAsync(TestCluster.Bytes("intruder"), TestCluster.Bytes("x"));
                Assert.NotEqual(WriteOutcome.Committed, result.Outcome);
            }
            catch (ReplicationException)
            {
                // As good: the call says that it was refused.
            }

            await Assert.ThrowsAnyAsync<ReplicationException>(
                async () => await store.GetAsync(TestCluster.Bytes("key")));
        }
    }

    private static async Task PutAsync(ReplicationClient client, TimeSpan limit)
    {
        using CancellationTokenSource patience = new(limit);
        RemoteKeyValueStore store = client.KeyValueStore("kv");
        KeyValueWriteResult result;
        do
        {
            result = await store.PutAsync(
                TestCluster.Bytes("key"), TestCluster.Bytes("value"), cancellationToken: patience.Token);
        }
        while (result.Outcome != WriteOutcome.Committed);

        Assert.False((await store.GetAsync(TestCluster.Bytes("intruder"))).Found);
    }

    private static ReplicationClient NewClient(
        NodeCluster nodes, X509Certificate2 authority, X509Certificate2? certificate)
    {
        ReplicationClientOptions options = new()
        {
            CallTimeout = TimeSpan.FromSeconds(2),
            AttemptTimeout = TimeSpan.FromSeconds(1),
            ClusterId = nodes.ClusterId,
            Certificate = certificate,
        };
        options.Authorities.Add(authority);
        foreach (Uri address in nodes.Addresses.Values)
        {
            options.Endpoints.Add(address);
        }

        return new ReplicationClient(options);
    }

    private static NodeLaunch With(NodeLaunch launch, IReadOnlyList<string> options) =>
        launch with { Options = [.. launch.Options, .. options] };

    private Task<NodeCluster> InitializeAsync() => NodeCluster.InitializeAsync(new NodeClusterOptions
    {
        Directory = Path.Combine(_directory.Path, Guid.NewGuid().ToString("N")),
        Scheme = "https",
    });
}
