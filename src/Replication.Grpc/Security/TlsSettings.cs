using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Replication.Grpc.Security;

/// <summary>Makes the TLS options of both ends out of a certificate and the trusted authorities.</summary>
internal sealed class TlsSettings(
    X509Certificate2? own, X509Certificate2Collection authorities, TimeProvider time, ILogger logger)
{
    private static readonly List<SslApplicationProtocol> Http2Only = [SslApplicationProtocol.Http2];

    /// <summary>The options of a server.</summary>
    /// <param name="requireClientCertificate">Whether callers without a certificate are refused at the
    /// handshake.</param>
    public TlsHandshakeCallbackOptions Server(bool requireClientCertificate)
    {
        SslStreamCertificateContext context = SslStreamCertificateContext.Create(own!, authorities, offline: true);
        return new TlsHandshakeCallbackOptions
        {
            OnConnection = connection => new(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = context,
                ApplicationProtocols = Http2Only,
                ClientCertificateRequired = true,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                RemoteCertificateValidationCallback = (_, certificate, chain, _) => AcceptsCaller(
                    (X509Certificate2?)certificate, chain, requireClientCertificate,
                        connection.Connection.RemoteEndPoint),
            }),
        };
    }

    /// <summary>The options of a dialler that expects one node, whatever host name it stands behind.</summary>
    public SslClientAuthenticationOptions ToNode(string host, NodeCertificateName expected) =>
        Client(host, certificate =>
            NodeCertificateName.TryFind(certificate, out NodeCertificateName name) && name == expected
            ? null
            : $"it should be for {expected}, but it is {NodeCertificateName.Describe(certificate)}");

    /// <summary>The options of a client that takes any node of a cluster.</summary>
    public SslClientAuthenticationOptions ToCluster(string host, Guid clusterId) =>
        Client(host, certificate =>
            NodeCertificateName.TryFind(certificate, out NodeCertificateName name) && name.ClusterId == clusterId
            ? null
            : $"it should be for a node of cluster {clusterId:D}, but is {NodeCertificateName.Describe(certificate)}");

    /// <summary>The options of a client that trusts the host name.</summary>
    public SslClientAuthenticationOptions ToHost(string host) =>
        Client(host, certificate => certificate.MatchesHostname(host) ? null : $"it isn't for host '{host}'");

    private SslClientAuthenticationOptions Client(string host, Func<X509Certificate2, string?> judgeName) => new()
    {
        TargetHost = host,
        ApplicationProtocols = Http2Only,
        ClientCertificateContext =
            own is null ? null : SslStreamCertificateContext.Create(own, authorities, offline: true),
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
        {
            string? refusal = certificate is not X509Certificate2 shown
                ? "there is none"
                : CertificateJudge.Judge(shown, chain, authorities, CertificateJudge.ServerUse, time.GetUtcNow())
                    ?? judgeName(shown);
            if (refusal is not null)
            {
                logger.ServerCertificateRefused(host, refusal);
            }

            return refusal is null;
        },
    };

    private bool AcceptsCaller(
        X509Certificate2? certificate, X509Chain? chain, bool isRequired, System.Net.EndPoint? from)
    {
        string? refusal = certificate is null
            ? isRequired ? "there is none, and this node requires one" : null
            : CertificateJudge.Judge(certificate, chain, authorities, CertificateJudge.ClientUse, time.GetUtcNow());
        if (refusal is not null)
        {
            logger.CallerCertificateRefused(from?.ToString() ?? "?", NodeCertificateName.Describe(certificate),
                refusal);
        }

        return refusal is null;
    }
}
