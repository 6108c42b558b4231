# wsgicors.vcl: a CORS policy for Varnish, written by wsgicors export.
#
# Policy:      e977c6b457546525
# Made by:     wsgicors export --to … policy.toml
# Proven for:  Varnish 7.1.1
# Needs:       vmod_std
# Belongs:     in the VCL, before its own subroutines: include "wsgicors.vcl";
# Afterwards:  wsgicors verify --policy policy.toml URL
# Differs from the application's own answers (no browser sees it):
#   body: The body of a refusal is one sentence for all, without the origin.
#   malformed-question: Where no browser sends such a method, header list or two Origin lines, the status may differ.
#   ambiguous-path: With rules by path, a path with dot segments, backslashes or control characters is refused even where all readings agree; a path that readings disagree on is answered 403 where any rule forbids.
#   default-port: An origin that spells out a default port, or one above 65535, may be allowed where every port is.

vcl 4.1;
import std;

sub x_cors_vary_origin {
    std.collect(resp.http.Vary);
    if (!resp.http.Vary) { set resp.http.Vary = "Origin"; }
    elsif (resp.http.Vary !~ {"(?i)(?:^|[\t ,])(?:Origin|\*)(?:[\t ,]|$)"}) { set resp.http.Vary = resp.http.Vary + ", Origin"; }
}

sub x_cors_vary_site {
    std.collect(resp.http.Vary);
    if (!resp.http.Vary) { set resp.http.Vary = "Sec-Fetch-Site"; }
    elsif (resp.http.Vary !~ {"(?i)(?:^|[\t ,])(?:Sec-Fetch-Site|\*)(?:[\t ,]|$)"}) { set resp.http.Vary = resp.http.Vary + ", Sec-Fetch-Site"; }
}

sub x_cors_actual {
    if (req.http.X-Cors-Kind == "actual") {
        unset resp.http.Access-Control-Allow-Origin;
        unset resp.http.Access-Control-Allow-Credentials;
        unset resp.http.Access-Control-Allow-Methods;
        unset resp.http.Access-Control-Allow-Headers;
        unset resp.http.Access-Control-Allow-Private-Network;
        unset resp.http.Access-Control-Expose-Headers;
        unset resp.http.Access-Control-Max-Age;
        if (req.http.X-Cors-Answer == "root-0") {
            set resp.http.Access-Control-Allow-Origin = {"*"};
        }
        if (req.http.X-Cors-Answer == "api-0") {
            set resp.http.Access-Control-Allow-Origin = req.http.Origin;
            set resp.http.Access-Control-Allow-Credentials = "true";
            set resp.http.Access-Control-Expose-Headers = {"ETag"};
        }
        if (req.http.X-Cors-Answer == "api-1") {
            set resp.http.Access-Control-Allow-Origin = req.http.Origin;
        }
        if (req.http.X-Cors-Answer == "api_admin-0") {
            set resp.http.Access-Control-Allow-Origin = req.http.Origin;
            set resp.http.Access-Control-Allow-Credentials = "true";
            set resp.http.Access-Control-Expose-Headers = {"ETag"};
        }
        if (req.http.X-Cors-Answer == "any-0") {
            set resp.http.Access-Control-Allow-Origin = {"*"};
            set resp.http.Access-Control-Expose-Headers = {"*"};
        }
        if (req.http.X-Cors-Rule ~ "^(?:api|api_admin|ambiguous)$") { call x_cors_vary_origin; }
        if (req.http.Origin && req.http.X-Cors-Answer ~ "^(?:api_admin|ambiguous)-refused$") { call x_cors_vary_site; }
    }
}

sub vcl_recv {
    # Remove request headers that serve as variables below.
    unset req.http.X-Cors-Rule;
    unset req.http.X-Cors-Answer;
    unset req.http.X-Cors-Kind;
    unset req.http.X-Cors-Own;
    std.collect(req.http.Origin);
    std.collect(req.http.Access-Control-Request-Headers);
    # Which rule: the request target as it was sent, with every way to encode it.
    if (req.url ~ {"^(?:https?://[^/?#]*)?[^?#]*(?:/|%2[Ff])(?:[.]|%2[Ee]){1,2}(?:(?:/|%2[Ff])|[?#]|$)"}) { set req.http.X-Cors-Rule = "ambiguous"; }
    elsif (req.url ~ {"^(?:https?://[^/?#]*)?[^?#]*(?:[\\]|%5[Cc]|%25(?:2[Ff]|5[Cc])|%[01][0-9A-Fa-f]|%7[Ff])"}) { set req.http.X-Cors-Rule = "ambiguous"; }
    elsif (req.url ~ {"^(?:https?://[^/?#]*)?(?:/|%2[Ff])(?:a|%61)(?:p|%70)(?:i|%69)(?:/|%2[Ff])(?:a|%61)(?:d|%64)(?:m|%6[Dd])(?:i|%69)(?:n|%6[Ee])(?:(?:/|%2[Ff])|[?#]|$)"}) { set req.http.X-Cors-Rule = "api_admin"; }
    elsif (req.url ~ {"^(?:https?://[^/?#]*)?(?:(?:;|%3[Bb])(?:[^/?#%]|%[^2/?#]|%2[^Ff/?#])*)?(?:(?:/|%2[Ff])(?:(?:;|%3[Bb])(?:[^/?#%]|%[^2/?#]|%2[^Ff/?#])*)?)+(?:a|%61)(?:p|%70)(?:i|%69)(?:(?:;|%3[Bb])(?:[^/?#%]|%[^2/?#]|%2[^Ff/?#])*)?(?:(?:/|%2[Ff])(?:(?:;|%3[Bb])(?:[^/?#%]|%[^2/?#]|%2[^Ff/?#])*)?)+(?:a|%61)(?:d|%64)(?:m|%6[Dd])(?:i|%69)(?:n|%6[Ee])(?:(?:/|%2[Ff])|[?#]|$|;|%3[Bb])"}) { set req.http.X-Cors-Rule = "ambiguous"; }
    elsif (req.url ~ {"^(?:https?://[^/?#]*)?(?:/|%2[Ff])(?:a|%61)(?:p|%70)(?:i|%69)(?:(?:/|%2[Ff])|[?#]|$)"}) { set req.http.X-Cors-Rule = "api"; }
    elsif (req.url ~ {"^(?:https?://[^/?#]*)?(?:(?:;|%3[Bb])(?:[^/?#%]|%[^2/?#]|%2[^Ff/?#])*)?(?:(?:/|%2[Ff])(?:(?:;|%3[Bb])(?:[^/?#%]|%[^2/?#]|%2[^Ff/?#])*)?)+(?:a|%61)(?:p|%70)(?:i|%69)(?:(?:/|%2[Ff])|[?#]|$|;|%3[Bb])"}) { set req.http.X-Cors-Rule = "ambiguous"; }
    elsif (req.url ~ {"^(?:https?://[^/?#]*)?(?:/|%2[Ff])(?:a|%61)(?:n|%6[Ee])(?:y|%79)(?:(?:/|%2[Ff])|[?#]|$)"}) { set req.http.X-Cors-Rule = "any"; }
    elsif (req.url ~ {"^(?:https?://[^/?#]*)?(?:(?:;|%3[Bb])(?:[^/?#%]|%[^2/?#]|%2[^Ff/?#])*)?(?:(?:/|%2[Ff])(?:(?:;|%3[Bb])(?:[^/?#%]|%[^2/?#]|%2[^Ff/?#])*)?)+(?:a|%61)(?:n|%6[Ee])(?:y|%79)(?:(?:/|%2[Ff])|[?#]|$|;|%3[Bb])"}) { set req.http.X-Cors-Rule = "ambiguous"; }
    else { set req.http.X-Cors-Rule = "root"; }
    # /: what each policy allows.
    if (req.http.X-Cors-Rule == "root") {
        set req.http.X-Cors-Answer = "root-0";
    }
    # /api: what each policy allows.
    if (req.http.X-Cors-Rule == "api") {
        if (req.http.Origin == {"https://a.example"}) { set req.http.X-Cors-Answer = "api-0"; }
        elsif (req.http.Origin == {"https://b.example:8443"}) { set req.http.X-Cors-Answer = "api-0"; }
        elsif (req.http.Origin == {"https://www.example.com"}) { set req.http.X-Cors-Answer = "api-0"; }
        elsif (req.http.Origin == {"http://[::1]:3000"}) { set req.http.X-Cors-Answer = "api-0"; }
        elsif (req.http.Origin == {"null"}) { set req.http.X-Cors-Answer = "api-1"; }
        elsif (req.http.Origin ~ {"^(?:https://(?:[a-z0-9_-]{1,63}\.)+example\.com)$"}) { set req.http.X-Cors-Answer = "api-1"; }
        elsif (req.http.Origin ~ {"^(?:http://localhost(?::[1-9][0-9]{0,4})?)$"}) { set req.http.X-Cors-Answer = "api-1"; }
        else { set req.http.X-Cors-Answer = "api-refused"; }
    }
    # /api/admin: what each policy allows.
    if (req.http.X-Cors-Rule == "api_admin") {
        if (req.http.Origin == {"https://a.example"}) { set req.http.X-Cors-Answer = "api_admin-0"; }
        elsif (req.http.Origin == {"https://b.example:8443"}) { set req.http.X-Cors-Answer = "api_admin-0"; }
        elsif (req.http.Origin == {"https://www.example.com"}) { set req.http.X-Cors-Answer = "api_admin-0"; }
        elsif (req.http.Origin == {"http://[::1]:3000"}) { set req.http.X-Cors-Answer = "api_admin-0"; }
        else { set req.http.X-Cors-Answer = "api_admin-refused"; }
    }
    # /any: what each policy allows.
    if (req.http.X-Cors-Rule == "any") {
        set req.http.X-Cors-Answer = "any-0";
    }
    # Paths that servers read in several ways: what each policy allows.
    if (req.http.X-Cors-Rule == "ambiguous") {
        set req.http.X-Cors-Answer = "ambiguous-refused";
    }
    # The kind of answer: granted, private or refused (preflights), forbidden or actual.
    if (req.http.X-Cors-Answer) { set req.http.X-Cors-Kind = "actual"; }
    if (req.http.X-Cors-Answer && req.method == "OPTIONS" && req.http.Origin && req.http.Access-Control-Request-Method) {
        set req.http.X-Cors-Kind = "granted";
        if (req.http.Access-Control-Request-Private-Network == "true" && req.http.X-Cors-Answer ~ "^(?:root-0|api-0|api-1|any-0)$") { set req.http.X-Cors-Kind = "private"; }
        if (req.http.X-Cors-Answer ~ "-refused$") { set req.http.X-Cors-Kind = "refused"; }
    }
    # Same-origin: Sec-Fetch-Site says so; without it, Origin's host and port are Host.
    if (req.http.Sec-Fetch-Site ~ ".") {
        if (req.http.Sec-Fetch-Site ~ "^(?:same-origin|none)$") { set req.http.X-Cors-Own = "1"; }
    } elsif ((req.http.Host + "|" + req.http.Origin) ~ {"(?i)^([^|]+?)(?::80)?\|http://\1$|^([^|]+?)(?::443)?\|https://\2$|^([^|]+)\|[a-z][a-z0-9+.-]*://\3$"}) { set req.http.X-Cors-Own = "1"; }
    if (req.http.X-Cors-Kind == "actual" && req.http.Origin && req.http.X-Cors-Answer ~ "^(?:api_admin|ambiguous)-refused$" && !req.http.X-Cors-Own) { set req.http.X-Cors-Kind = "forbidden"; }
    # Without Origin, Sec-Fetch-Site decides on methods that may change something.
    if (req.http.X-Cors-Kind == "actual" && !req.http.Origin && req.http.X-Cors-Answer ~ "^(?:api_admin|ambiguous)-refused$" && req.method !~ "^(?:GET|HEAD|OPTIONS)$" && req.http.Sec-Fetch-Site && req.http.Sec-Fetch-Site !~ "^(?:same-origin|none)?$") { set req.http.X-Cors-Kind = "forbidden"; }
    if (req.http.X-Cors-Kind ~ "^(?:refused|private|forbidden)$") { return (synth(403)); }
    # Piped, such a request would keep the application's own headers.
    if (req.http.X-Cors-Kind == "actual" && req.method !~ "^(?:GET|HEAD|PUT|POST|TRACE|OPTIONS|DELETE|PATCH)$") { return (pass); }
    if (req.http.X-Cors-Kind == "granted" && req.http.X-Cors-Answer ~ "^(?:root-0|api-0|api-1|api_admin-0|any-0)$") { return (synth(200)); }
}

sub vcl_backend_fetch {
    unset bereq.http.X-Cors-Rule;
    unset bereq.http.X-Cors-Answer;
    unset bereq.http.X-Cors-Kind;
    unset bereq.http.X-Cors-Own;
}

sub vcl_deliver {
    call x_cors_actual;
}

sub vcl_synth {
    if (req.http.X-Cors-Kind == "granted" && req.http.X-Cors-Answer == "root-0") {
        set resp.http.Access-Control-Allow-Origin = {"*"};
        set resp.http.Vary = "Access-Control-Request-Method, Access-Control-Request-Headers";
    }
    if (req.http.X-Cors-Kind == "private" && req.http.X-Cors-Answer == "root-0") { set resp.http.Vary = "Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network"; }
    if (req.http.X-Cors-Kind == "refused" && req.http.X-Cors-Answer == "root-refused") { set resp.http.Vary = "Access-Control-Request-Method, Access-Control-Request-Headers"; }
    if (req.http.X-Cors-Kind == "granted" && req.http.X-Cors-Answer == "api-0") {
        set resp.http.Access-Control-Allow-Origin = req.http.Origin;
        set resp.http.Access-Control-Allow-Credentials = "true";
        set resp.http.Access-Control-Allow-Methods = {"PUT, DELETE"};
        set resp.http.Access-Control-Allow-Headers = {"Content-Type, Authorization"};
        set resp.http.Access-Control-Max-Age = "3600";
        set resp.http.Vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
    }
    if (req.http.X-Cors-Kind == "private" && req.http.X-Cors-Answer == "api-0") { set resp.http.Vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network"; }
    if (req.http.X-Cors-Kind == "granted" && req.http.X-Cors-Answer == "api-1") {
        set resp.http.Access-Control-Allow-Origin = req.http.Origin;
        set resp.http.Access-Control-Allow-Methods = {"PUT"};
        set resp.http.Access-Control-Allow-Headers = {"Content-Type"};
        set resp.http.Vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
    }
    if (req.http.X-Cors-Kind == "private" && req.http.X-Cors-Answer == "api-1") { set resp.http.Vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network"; }
    if (req.http.X-Cors-Kind == "refused" && req.http.X-Cors-Answer == "api-refused") { set resp.http.Vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"; }
    if (req.http.X-Cors-Kind == "granted" && req.http.X-Cors-Answer == "api_admin-0") {
        set resp.http.Access-Control-Allow-Origin = req.http.Origin;
        set resp.http.Access-Control-Allow-Credentials = "true";
        set resp.http.Access-Control-Allow-Methods = {"PUT, DELETE"};
        set resp.http.Access-Control-Allow-Headers = {"Content-Type, Authorization"};
        set resp.http.Access-Control-Max-Age = "3600";
        if (req.http.Access-Control-Request-Private-Network == "true") { set resp.http.Access-Control-Allow-Private-Network = "true"; }
        set resp.http.Vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network";
    }
    if (req.http.X-Cors-Kind == "private" && req.http.X-Cors-Answer == "api_admin-0") { set resp.http.Vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network, Access-Control-Request-Private-Network"; }
    if (req.http.X-Cors-Kind == "refused" && req.http.X-Cors-Answer == "api_admin-refused") { set resp.http.Vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network"; }
    if (req.http.X-Cors-Kind == "granted" && req.http.X-Cors-Answer == "any-0") {
        set resp.http.Access-Control-Allow-Origin = {"*"};
        set resp.http.Access-Control-Allow-Methods = {"*"};
        if (req.http.Access-Control-Request-Headers !~ {"(?i)(?:^|[\t ,])authorization(?:[\t ,]|$)"}) { set resp.http.Access-Control-Allow-Headers = {"*"}; }
        set resp.http.Vary = "Access-Control-Request-Headers";
    }
    if (req.http.X-Cors-Kind == "private" && req.http.X-Cors-Answer == "any-0") { set resp.http.Vary = "Access-Control-Request-Headers, Access-Control-Request-Private-Network"; }
    if (req.http.X-Cors-Kind == "refused" && req.http.X-Cors-Answer == "any-refused") { set resp.http.Vary = "Access-Control-Request-Headers"; }
    if (req.http.X-Cors-Kind == "refused" && req.http.X-Cors-Answer == "ambiguous-refused") { set resp.http.Vary = "Origin"; }
    if (req.http.X-Cors-Kind == "forbidden") { set resp.http.Vary = "Origin, Sec-Fetch-Site"; }
    if (req.http.X-Cors-Kind == "granted") { synthetic(""); return (deliver); }
    if (req.http.X-Cors-Kind ~ "^(?:refused|private|forbidden)$") {
        set resp.http.Content-Type = "text/plain; charset=utf-8";
        if (req.http.X-Cors-Kind == "private") { synthetic({"Requests from public pages to this private network are not allowed here."}); }
        else { synthetic({"This origin is not allowed here."}); }
        return (deliver);
    }
    call x_cors_actual;
}
