using System.Text;
using Replication.Faster;
using Replication.Grpc;
using Replication.Hosting;
using Replication.Kv;
using Replication.Raft.Primitives;
using Replication.Storage.Files;
using Replication.Storage.Identity;

// snippet: embedded
Guid cluster = new("8d3b1c52-64c1-4b0e-9f5e-3b1f0a6a7c11");
NodeId node = new(1);
PhysicalFileSystem files = new("data");
if (files.List("").Count == 0) // once in the life of a node, with every member of its cluster
{
    ClusterMember[] members = [new(node, new Uri("http://127.0.0.1:7001"))];
    DataDirectory.Initialize(files, cluster, node, members, directoryId: Guid.NewGuid());
}

DataDirectory directory = DataDirectory.Open(files, cluster, node);
await using ReplicaHost host = await ReplicaHost.StartAsync(new ReplicaHostDefinition
{
    Options = new ReplicaHostOptions { ClusterId = cluster, NodeId = node },
    Directory = directory,
    Records = new FasterRecordLogFactory(),
    Transport = new GrpcTransport(new GrpcTransportOptions(), directory),
    KeyValueStores = { "orders" },
});
KeyValueStore orders = host.KeyValueStore("orders");
KeyValueWriteResult write = await orders.PutAsync("greeting"u8.ToArray(), "hello"u8.ToArray());
KeyValueReadResult read = await orders.GetAsync("greeting"u8.ToArray());
Console.WriteLine($"{write.Outcome} at {write.Id}, read back: {Encoding.UTF8.GetString(read.Value.Span)}");
// end
