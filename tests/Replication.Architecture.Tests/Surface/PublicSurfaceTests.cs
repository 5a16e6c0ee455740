using System.Reflection;

namespace Replication.Architecture.Tests.Surface;

/// <summary>What users can touch changes only by decision: one approved text file per package.</summary>
public sealed class PublicSurfaceTests
{
    private static readonly string[] Vendors = ["FASTER.", "Google.Protobuf", "Microsoft.AspNetCore", "Grpc."];

    public static TheoryData<string> Packages =>
        ["Replication.Raft", "Replication", "Replication.Faster", "Replication.Grpc", "Replication.Testing"];

    [Theory]
    [MemberData(nameof(Packages))]
    public void The_public_surface_is_the_approved_one(string package)
    {
        Approved.AssertEqual(
            package + ".txt",
            SurfaceText.Of(Assembly.Load(package)),
            line => line,
            "Make it internal if users don't need it. If they do: changelog, XML docs, then "
            + "REWRITE=1 dotnet test tests/Replication.Architecture.Tests.");
    }

    [Theory]
    [InlineData("Replication.Raft")]
    [InlineData("Replication")]
    public void No_vendors_type_stands_in_a_public_signature(string package)
    {
        (string Where, Type Type)[] all = [.. SurfaceText.TypesInSignatures(Assembly.Load(package))];

        Assert.NotEmpty(all);
        Repository.AssertNone(
            all.Where(u => IsVendors(u.Type)).Select(u => $"{u.Where}: {u.Type.FullName}")
                .Distinct(StringComparer.Ordinal),
            "Wrap it in a type of this project; storage and network can be exchanged only as long as nobody sees "
                + "them.");
    }

    [Fact]
    public void A_vendors_type_would_be_found()
    {
        Assert.True(IsVendors(typeof(global::FASTER.core.FasterLog)));
        Assert.False(IsVendors(typeof(Replication.Raft.RaftConfig)));
        Assert.Contains(
            SurfaceText.TypesInSignatures(typeof(Replication.Raft.RaftConfig).Assembly),
            u => u.Where.EndsWith("RaftConfig.HeartbeatInterval", StringComparison.Ordinal)
                && u.Type == typeof(TimeSpan));
    }

    private static bool IsVendors(Type type) =>
        Vendors.Any(v => (type.Namespace + ".").StartsWith(v, StringComparison.Ordinal));
}
