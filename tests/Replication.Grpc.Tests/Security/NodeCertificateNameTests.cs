using System.Security.Cryptography.X509Certificates;
using Replication.Grpc.Security;
using Replication.Raft.Primitives;

namespace Replication.Grpc.Tests.Security;

public class NodeCertificateNameTests
{
    private static readonly Guid Cluster = Guid.Parse("6f9619ff-8b86-d011-b42d-00c04fc964ff");

    [Fact]
    public void The_name_is_found_in_a_certificate_beside_others()
    {
        using TestAuthority authority = new();
        using X509Certificate2 certificate =
            authority.Issue(["https://example.com/x", TestAuthority.NodeUri(Cluster, 12)]);
        Assert.True(NodeCertificateName.TryFind(certificate, out NodeCertificateName name));
        Assert.Equal(new NodeCertificateName(Cluster, new NodeId(12)), name);
        Assert.Equal("replication://6f9619ff-8b86-d011-b42d-00c04fc964ff/node/12", name.ToString());
    }

    [Fact]
    public void No_name_or_two_names_are_none()
    {
        using TestAuthority authority = new();
        using X509Certificate2 client = authority.Issue(["https://example.com/client"]);
        using X509Certificate2 two =
            authority.Issue([TestAuthority.NodeUri(Cluster, 1), TestAuthority.NodeUri(Cluster, 2)]);
        Assert.False(NodeCertificateName.TryFind(client, out _));
        Assert.False(NodeCertificateName.TryFind(two, out _));
    }

    [Theory]
    [InlineData("replication://6f9619ff-8b86-d011-b42d-00c04fc964ff/node/0")]
    [InlineData("replication://6f9619ff-8b86-d011-b42d-00c04fc964ff/node/01")]
    [InlineData("replication://6f9619ff-8b86-d011-b42d-00c04fc964ff/node/-1")]
    [InlineData("replication://6f9619ff-8b86-d011-b42d-00c04fc964ff/node/")]
    [InlineData("replication://6f9619ff-8b86-d011-b42d-00c04fc964ff/node/1/")]
    [InlineData("replication://6f9619ff-8b86-d011-b42d-00c04fc964ff/node/99999999999")]
    [InlineData("replication://6F9619FF-8B86-D011-B42D-00C04FC964FF/node/1")]
    [InlineData("Replication://6f9619ff-8b86-d011-b42d-00c04fc964ff/node/1")]
    [InlineData("replication://6f9619ff8b86d011b42d00c04fc964ff/node/1")]
    [InlineData("replication://x/node/1")]
    [InlineData("")]
    public void Any_other_spelling_is_no_name(string text) => Assert.False(NodeCertificateName.TryParse(text, out _));
}
