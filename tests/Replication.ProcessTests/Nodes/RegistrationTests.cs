using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Replication.Faster;
using Replication.Grpc;
using Replication.Hosting;
using Replication.Kv;
using Replication.Raft.Primitives;
using Replication.Storage.Files;
using Replication.Storage.Identity;

namespace Replication.ProcessTests.Nodes;

/// <summary>The packages fit together: a node from services, on a real disk and a real socket.</summary>
public class RegistrationTests
{
    [Fact]
    public async Task A_node_from_services_serves_a_remote_client_and_keeps_its_data()
    {
        string path = Directory.CreateTempSubdirectory("replication-").FullName;
        try
        {
            Guid cluster = Guid.NewGuid();
            ClusterMember member = new(new NodeId(1), new Uri("http://127.0.0.1:1"));
            DataDirectory.Initialize(new PhysicalFileSystem(path), cluster, new NodeId(1), [member], Guid.NewGuid());

            await RunAsync(cluster, path, async (store, remote) =>
            {
                await store.PutAsync("k"u8.ToArray(), "v"u8.ToArray());
                Assert.Equal("v"u8.ToArray(), (await remote.GetAsync("k"u8.ToArray())).Value.ToArray());
            });
            await RunAsync(cluster, path, async (store, _) =>
                Assert.Equal("v"u8.ToArray(), (await store.GetAsync("k"u8.ToArray())).Value.ToArray()));
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static async Task RunAsync(
        Guid cluster, string path, Func<KeyValueStore, RemoteKeyValueStore, Task> use)
    {
        IPEndPoint address = FreeAddress();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddReplication(options => (options.ClusterId, options.NodeId) = (cluster, new NodeId(1)))
            .UseFaster(path).UseGrpc(options => options.Listen = address).AddKeyValueStore("orders");
        using IHost application = builder.Build();
        await application.StartAsync();
        ReplicationClientOptions options = new();
        options.Endpoints.Add(new Uri($"http://{address}"));
        using (ReplicationClient client = new(options))
        {
            ReplicaHost host = application.Services.GetRequiredService<ReplicaHostAccess>().Host;
            await use(host.KeyValueStore("orders"), client.KeyValueStore("orders"));
        }

        await application.StopAsync();
    }

    private static IPEndPoint FreeAddress()
    {
        using TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        return (IPEndPoint)probe.LocalEndpoint;
    }
}
